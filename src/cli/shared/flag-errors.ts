import type { Command, CommanderError, Option } from "commander";

/** The commander error in the words of Go's flag parser. */
export function flagErrorMessage(error: CommanderError, command: Command, args: readonly string[]): string {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.unknownOption") {
    const name = quoted.split("=")[0] ?? quoted;
    return name.startsWith("--") ? `unknown flag: ${name}` : `unknown shorthand flag: '${name.charAt(1)}' in ${name}`;
  }
  if (error.code === "commander.optionMissingArgument") {
    const last = args.at(-1) ?? "";
    const option = command.options.find((candidate) => candidate.flags === quoted);
    if (last.startsWith("--") || option?.short === undefined) return `flag needs an argument: ${longName(option, last)}`;
    return `flag needs an argument: '${last.at(-1)}' in ${last}`;
  }
  return error.message.replace(/^error: /, "");
}

function longName(option: Option | undefined, given: string): string {
  return option?.long ?? given;
}
