import { Command } from "commander";
import { UserError } from "../shared/io.ts";
import { addPath, addVerbose, many, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { changeFunction, functionOf } from "./project.ts";
import { settingsOf } from "./settings.ts";

const DEFAULT_SOURCE = "default";

export function subscribeCommand(func: Func): Command {
  const { name, io } = func;
  const command = new Command("subscribe")
    .description(
      [
        "Subscribe a function to events",
        "Writes to func.yaml which events of which broker the function gets from its next deployment on.",
        `\tEvents of one type, of the broker 'default':\n\t${name} subscribe --filter type=com.example`,
        `\tOf another broker, with two attributes:\n\t${name} subscribe --source my-broker -f type=com.example -f extension=value`,
      ].join("\n\n"),
    )
    .addOption(many("-f, --filter <string>", "Attribute of the events, as NAME=VALUE; may be repeated"))
    .addOption(text("-s, --source <string>", "Name of the broker", { default: DEFAULT_SOURCE }));
  return addVerbose(addPath(command)).action(() => {
    const settings = settingsOf(command, io);
    const filters = parseFilters(settings.list("filter"));
    const source = settings.text("source", DEFAULT_SOURCE);
    const project = functionOf(func, settings, "subscribe");
    const path = ["deploy", "subscriptions"];
    const at = (project.config.deploy?.subscriptions ?? []).findIndex((subscription) => subscription.source === source);
    changeFunction(project, (editor) => {
      if (at < 0) editor.append(path, { source, filters });
      else for (const [key, value] of Object.entries(filters)) editor.set([...path, at, "filters", key], value);
    });
  });
}

function parseFilters(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^([a-z0-9]+)=(.*)$/s.exec(pair) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      throw new UserError(`the filter ${JSON.stringify(pair)} is not NAME=VALUE with a name of small letters and digits`);
    }),
  );
}
