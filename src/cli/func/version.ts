import { Command } from "commander";
import { SPEC_VERSION } from "../../functions/project/version.ts";
import { UserError } from "../shared/io.ts";
import { addVerbose, text } from "./flags.ts";
import type { Func } from "./func.ts";
import { settingsOf } from "./settings.ts";

export function versionCommand({ io, version }: Func): Command {
  const command = addVerbose(new Command("version")).addOption(text("-o, --output <string>", "human, json or yaml", { default: "human" }));
  return command.action(async () => {
    const settings = settingsOf(command, io);
    const facts = { version: `v${version}`, specVersion: SPEC_VERSION };
    switch (settings.text("output", "human")) {
      case "human":
        io.stdout.write(settings.isOn("verbose") ? `Version: ${facts.version}\nfunc.yaml: ${SPEC_VERSION}\n` : `${facts.version}\n`);
        return;
      case "json":
        io.stdout.write(`${JSON.stringify(facts)}\n`);
        return;
      case "yaml":
        io.stdout.write((await import("yaml")).stringify(facts));
        return;
      default:
        throw new UserError(`unsupported output format ${JSON.stringify(settings.text("output"))}: human, json or yaml`);
    }
  });
}
