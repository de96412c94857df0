import { Command } from "commander";
import { runtimesIn } from "../../functions/templates/catalog.ts";
import { addSwitch, addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { repositoriesOf } from "./repositories.ts";
import { settingsOf } from "./settings.ts";

export function languagesCommand(func: Func): Command {
  const command = new Command("languages");
  addSwitch(command, "--json", "Print JSON");
  addVerbose(command).addOption(text("-r, --repository <string>", "Address of the one repository to look into"));
  return command.action(async () => {
    const settings = settingsOf(command, func.io);
    using repositories = await repositoriesOf(func, settings);
    const runtimes = runtimesIn(repositories.all);
    func.io.stdout.write(settings.isOn("json") ? `${JSON.stringify(runtimes, null, 2)}\n` : runtimes.map((one) => `${one}\n`).join(""));
  });
}
