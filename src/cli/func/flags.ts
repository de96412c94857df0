/** Flags of `func`: each has a twin in the environment, which its help names. */
import { Option, type Command } from "commander";

/** `--build-timestamp` -> `FUNC_BUILD_TIMESTAMP` */
export function envTwin(name: string): string {
  return `FUNC_${name.replaceAll("-", "_").toUpperCase()}`;
}

interface FlagText {
  readonly default?: string;
}

/** A flag with a value. `what` is a phrase without a full stop. */
export function text(flags: string, what: string, { default: fallback }: FlagText = {}): Option {
  const option = new Option(flags, "");
  const shown = fallback === undefined ? "" : ` (default "${fallback}")`;
  option.description = `${what} ($${envTwin(option.name())})${shown}`;
  return option;
}

/** A flag that may be given many times. */
export function many(flags: string, what: string): Option {
  return text(flags, what).argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
}

/** Adds a flag that is on or off: `--push`, `--push=false`. */
export function addSwitch(command: Command, flags: string, what: string): Command {
  const option = text(flags, what);
  const off = new Option(`--no-${option.name()}`).hideHelp();
  return command.addOption(option).addOption(off);
}

export function addPath(command: Command): Command {
  return command.addOption(text("-p, --path <string>", "Path to the function; the current folder unless given"));
}

export function addVerbose(command: Command): Command {
  return addSwitch(command, "-v, --verbose", "Print verbose logs");
}

export function addConfirm(command: Command): Command {
  return addSwitch(command, "-c, --confirm", "Ask about each option");
}
