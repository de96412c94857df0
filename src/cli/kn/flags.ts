/** Flags in the manner of Go's pflag, on commander. */
import { Option, type Command } from "commander";
import { UserError } from "../shared/io.ts";

/** A flag with a value that it cannot have; the command's path is added where it is known. */
export class FlagError extends UserError {}

/** A value that may be given once; the last one wins. */
export function text(flags: string, help: string): Option {
  return new Option(flags, help);
}

/** A value that may be given once; a second one is refused. */
export function once(flags: string, help: string): Option {
  const option = new Option(flags, help);
  return option.argParser((value: string, previous: string | undefined) => {
    if (previous === undefined || previous === "") return value;
    throw new FlagError(`invalid argument ${JSON.stringify(value)} for "${pflagName(option)}" flag: can be provided only once`);
  });
}

/** A value that may be given many times. */
export function many(flags: string, help: string): Option {
  return new Option(flags, help).argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
}

/** As `many`, and each value is a list with commas. */
export function commaList(flags: string, help: string): Option {
  return new Option(flags, help).argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), ...splitCommas(value)]);
}

function splitCommas(value: string): string[] {
  return value === "" ? [] : value.split(",");
}

/** A whole number. */
export function integer(flags: string, help: string): Option {
  const option = new Option(flags, help);
  return option.argParser((value: string) => {
    if (/^[+-]?\d+$/.test(value)) return Number(value);
    throw invalidNumber(option, value, "ParseInt");
  });
}

/** A number with a fraction. */
export function decimal(flags: string, help: string): Option {
  const option = new Option(flags, help);
  return option.argParser((value: string) => {
    if (value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
    throw invalidNumber(option, value, "ParseFloat");
  });
}

function invalidNumber(option: Option, value: string, parser: string): FlagError {
  const quoted = JSON.stringify(value);
  return new FlagError(`invalid argument ${quoted} for "${pflagName(option)}" flag: strconv.${parser}: parsing ${quoted}: invalid syntax`);
}

/** `-a, --annotation`, as pflag names a flag in errors. */
function pflagName(option: Option): string {
  return option.short === undefined ? (option.long ?? "") : `${option.short}, ${option.long}`;
}

/** `--x` and `--no-x`: absent, true or false. Giving both is an error. */
export function addBoolPair(command: Command, name: string, help: string): void {
  const given = new Set<string>();
  command.addOption(new Option(`--${name}`, help));
  command.addOption(new Option(`--no-${name}`, `Do not ${help.charAt(0).toLowerCase()}${help.slice(1)}`));
  for (const flag of [name, `no-${name}`]) {
    command.on(`option:${flag}`, () => {
      given.add(flag);
      if (given.size === 2) throw new UserError(`only one of --no-${name} and --${name} may be specified`);
    });
  }
}

export function addNamespaceFlag(command: Command): Command {
  return command.addOption(text("-n, --namespace <string>", "Specify the namespace to operate in."));
}

export function addTargetFlag(command: Command): Command {
  return command.addOption(
    text("--target <string>", "Work on local directory, or on a .yaml, .yml or .json file, instead of a remote cluster (experimental)"),
  );
}

export function addAllNamespacesFlag(command: Command): Command {
  return addNamespaceFlag(command).option(
    "-A, --all-namespaces",
    "If present, list the requested object(s) across all namespaces, whatever --namespace and the context say.",
  );
}

/** `--wait` and its companions. `what` finishes "Wait for ...". */
export function addWaitFlags(command: Command, what: string): Command {
  addBoolPair(command, "wait", `Wait for ${what}.`);
  return command
    .addOption(integer("--wait-timeout <int>", "Seconds to wait before giving up. (default 600)"))
    .addOption(integer("--wait-window <int>", "Seconds to wait for the ready condition to recover after it became false. (default 2)"));
}

export interface WaitFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly waitTimeout?: number;
  /** Seconds. */
  readonly waitWindow?: number;
}

export interface WaitSettings {
  readonly timeoutMs: number;
  readonly windowMs: number;
}

export function waitSettings(flags: WaitFlags): WaitSettings {
  return { timeoutMs: (flags.waitTimeout ?? 600) * 1000, windowMs: (flags.waitWindow ?? 2) * 1000 };
}
