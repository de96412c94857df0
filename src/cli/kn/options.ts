import { leaf } from "./group.ts";
import { optionsText } from "./help.ts";
import type { Kn } from "./kn.ts";
import type { Command } from "commander";

export function optionsCommand(kn: Kn): Command {
  return leaf("options", "", "Print the list of flags inherited by all commands").action(() => {
    kn.io.stdout.write(optionsText());
  });
}
