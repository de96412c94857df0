import type { Command } from "commander";
import { commandPath } from "../shared/command-tree.ts";
import { commandGroups, flagTable } from "../shared/help-sections.ts";

/** What `--help` prints: what it is, usage, aliases, commands by group, flags, where to go on. */
export function formatHelp(command: Command): string {
  const path = commandPath(command);
  const hasChildren = command.commands.length > 0;
  const sections = [
    command.description(),
    `Usage:\n  ${path}${hasChildren ? " [command]" : ` ${command.usage()}`.trimEnd()}`,
    command.aliases().length === 0 ? "" : `Aliases:\n  ${[command.name(), ...command.aliases()].join(", ")}`,
    ...commandGroups(command),
    flagTable(command.options.filter((option) => !option.hidden)),
    hasChildren ? `Use "${path} [command] --help" for more information about a command.` : "",
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** `help create` is `create --help`. */
export function withHelpFlag(args: readonly string[]): readonly string[] {
  return args[0] === "help" ? [...args.slice(1), "--help"] : args;
}
