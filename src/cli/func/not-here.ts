import { Command, Option } from "commander";
import { UserError } from "../shared/io.ts";
import { envTwin } from "./flags.ts";
import type { Settings } from "./settings.ts";

/** A command that upstream's program has and this one has not: in no help, and it says why. */
export function notHere(name: string, why: string): Command {
  const command = new Command(name).argument("[words...]").allowUnknownOption();
  return command.action(() => {
    throw new UserError(`'${name}' is not here: ${why}`);
  });
}

/** Flags that only mean something to a build on a cluster. */
const REMOTE_ONLY = ["git-url", "git-branch", "git-dir", "pvc-size", "remote-storage-class"];
const SHORTS: Readonly<Record<string, string>> = { "git-url": "-g, ", "git-branch": "-t, ", "git-dir": "-d, " };

export function addRemoteFlags(command: Command): Command {
  for (const name of REMOTE_ONLY) command.addOption(new Option(`${SHORTS[name] ?? ""}--${name} <string>`).hideHelp());
  return command;
}

/** What func.yaml says about such builds is kept, and is no mistake. @throws UserError */
export function refuseRemoteFlags(settings: Settings): void {
  for (const name of REMOTE_ONLY) {
    const source = settings.source(name);
    if (source !== "flag" && source !== "env") continue;
    const given = source === "env" ? envTwin(name) : `--${name}`;
    throw new UserError(
      `${given} is for builds on a cluster, which are not here; leave it out, and the function of this folder is built here`,
    );
  }
}
