import { Command } from "commander";
import { runtimesIn, templatesIn } from "../../functions/templates/catalog.ts";
import { UserError } from "../shared/io.ts";
import { alignRow, columnWidths } from "../shared/table.ts";
import { addSwitch, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { repositoriesOf } from "./repositories.ts";
import { settingsOf } from "./settings.ts";

export function templatesCommand(func: Func): Command {
  const command = new Command("templates").usage("[language]").argument("[language]");
  addSwitch(command, "--json", "Print JSON");
  addVerbose(command).addOption(text("-r, --repository <string>", "Address of the one repository to look into"));
  return command.action(async (language: string | undefined) => {
    if (command.args.length > 1) throw new UserError("unexpected extra arguments");
    const settings = settingsOf(command, func.io);
    using repositories = await repositoriesOf(func, settings);
    const runtimes = runtimesIn(repositories.all);
    if (language !== undefined && !runtimes.includes(language)) throw unknownLanguage(language, runtimes);
    const entries = runtimes.map((runtime): [string, string[]] => [runtime, templatesIn(repositories.all, runtime)]);
    const json = settings.isOn("json");
    if (language === undefined) func.io.stdout.write(json ? jsonText(Object.fromEntries(entries)) : table(entries));
    else func.io.stdout.write(list(entries.find(([runtime]) => runtime === language)?.[1] ?? [], json));
  });
}

function unknownLanguage(language: string, runtimes: readonly string[]): UserError {
  return new UserError(`the language runtime '${language}' is not recognized; there are ${runtimes.join(", ")}`);
}

function list(templates: readonly string[], json: boolean): string {
  return json ? jsonText(templates) : templates.map((name) => `${name}\n`).join("");
}

function table(entries: readonly (readonly [string, readonly string[]])[]): string {
  const rows = [["LANGUAGE", "TEMPLATE"], ...entries.flatMap(([runtime, names]) => names.map((name) => [runtime, name]))];
  const widths = columnWidths(rows, { minWidth: 0, padding: 3 });
  return rows.map((row) => `${alignRow(row, widths)}\n`).join("");
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
