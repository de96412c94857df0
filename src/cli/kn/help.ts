import type { Command } from "commander";
import { commandPath } from "../shared/command-tree.ts";
import { commandGroups, flagTable } from "../shared/help-sections.ts";
import type { Plugin } from "./plugin/plugins.ts";
import { globalOptions, isGlobal } from "./global-flags.ts";

/** What `--help` prints, in kn's order: what it is, usage, aliases, commands by group, flags, where to go on. */
export function formatHelp(command: Command, plugins: readonly Plugin[] = []): string {
  const sections = [
    command.description(),
    usage(command),
    command.aliases().length === 0 ? "" : `Aliases:\n  ${[command.name(), ...command.aliases()].join(", ")}`,
    ...commandGroups(command),
    pluginSection(command, plugins),
    flagTable(command.options.filter((option) => !option.hidden && !isGlobal(option))),
    footer(command),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** `help service create` is `service create --help`. */
export function withHelpFlag(args: readonly string[]): readonly string[] {
  return args[0] === "help" ? [...args.slice(1), "--help"] : args;
}

function usage(command: Command): string {
  if (command.parent === null) return "";
  return `Usage:\n  ${commandPath(command)}${command.usage() === "" ? "" : ` ${command.usage()}`}`;
}

/** Plugins that add one word to the command. */
function pluginSection(command: Command, plugins: readonly Plugin[]): string {
  const path = commandPath(command).split(" ").slice(1);
  const own = plugins.filter(({ words }) => words.length === path.length + 1 && path.every((word, index) => word === words[index]));
  if (command.commands.length === 0 || own.length === 0) return "";
  const width = Math.max(...own.map(({ words }) => words.at(-1)?.length ?? 0), ...command.commands.map((child) => child.name().length)) + 2;
  return ["Available Plugins:", ...own.map(({ words, path: file }) => `  ${(words.at(-1) ?? "").padEnd(width)}${file}`)].join("\n");
}

function footer(command: Command): string {
  const root = commandPath(command).split(" ")[0] ?? "";
  const deeper =
    command.commands.length === 0 ? [] : [`Use "${commandPath(command)} [command] --help" for more information about a given command.`];
  return [...deeper, `Use "${root} options" for a list of global command-line options (applies to all commands).`].join("\n");
}

/** What `kn options` prints. */
export function optionsText(): string {
  return `The following options can be passed to any command:\n\n${flagTable(globalOptions().filter((option) => !option.hidden))
    .split("\n")
    .slice(1)
    .join("\n")}\n`;
}
