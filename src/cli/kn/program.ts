import { Command } from "commander";
import { addCompletion } from "../shared/completion.ts";
import { commandPath, commandTree, isHidden, resolveCommand } from "../shared/command-tree.ts";
import { unknownCommand } from "../shared/suggest.ts";
import { GROUPS, OTHER, type CommandEntry, type GroupEntry } from "./commands.ts";
import { completeNames } from "./complete-names.ts";
import { globalOptions } from "./global-flags.ts";
import { commandGroup } from "./group.ts";
import { formatHelp, withHelpFlag } from "./help.ts";
import type { Kn } from "./kn.ts";
import type { Plugin } from "./plugin/plugins.ts";
import { optionsCommand } from "./options.ts";
import { versionCommand } from "./version.ts";

/**
 * `kn`: services, revisions and routes of any cluster that has Knative's APIs. Only the command that `args` name is
 * loaded; the others are there by name and description.
 */
export async function knProgram(kn: Kn, given: readonly string[]): Promise<Command> {
  const args = withHelpFlag(given);
  const words = args[0]?.startsWith("__complete") === true ? args.slice(1) : args;
  const path = commandPath(resolveCommand(assemble(kn, new Map()), words).command);
  const loaded = new Map<string, Command>();
  const meant = commandsAt(kn.name, GROUPS).find((command) => command.path === path);
  if (meant !== undefined) loaded.set(path, await meant.load(kn));
  return assemble(kn, loaded, await helpPlugins(kn, args));
}

/** Plugins are looked for only when help is going to list them. */
async function helpPlugins(kn: Kn, args: readonly string[]): Promise<readonly Plugin[]> {
  const wanted = args.length === 0 || args.some((arg) => arg === "-h" || arg === "--help");
  return wanted ? (await import("./plugin/run.ts")).pluginsFor(kn, args) : [];
}

function assemble(kn: Kn, loaded: ReadonlyMap<string, Command>, plugins: readonly Plugin[] = []): Command {
  const program = new Command(kn.name)
    .description(`${kn.name} is the command line interface for managing Knative Serving and Eventing resources`)
    .argument("[words...]")
    .action((words: string[]) => {
      if (words[0] === undefined) kn.io.stdout.write(formatHelp(program, plugins));
      else throw unknownCommand(program, words[0]);
    });
  for (const group of GROUPS) program.addCommand(groupCommand(kn.name, group, loaded).helpGroup(group.help));
  addCompletion(program, { io: kn.io, values: completeNames(kn) });
  program.commands.find((command) => command.name() === "completion")?.helpGroup(OTHER);
  program.addCommand(versionCommand(kn).helpGroup(OTHER));
  program.addCommand(new Command("func").description("Manage functions").helpGroup(OTHER)); // main hands it over
  program.addCommand(optionsCommand(kn), { hidden: true });
  for (const command of commandTree(program)) prepare(command, kn, plugins);
  return program;
}

/** Every command below these groups, with its whole path. */
function commandsAt(parent: string, groups: readonly GroupEntry[]): { readonly path: string; readonly load: CommandEntry["load"] }[] {
  return groups.flatMap(({ name, commands, groups: below = [] }) => {
    const path = `${parent} ${name}`;
    return [...commands.map((command) => ({ path: `${path} ${command.name}`, load: command.load })), ...commandsAt(path, below)];
  });
}

function groupCommand(
  parent: string,
  { name, aliases, description, commands, groups = [] }: GroupEntry,
  loaded: ReadonlyMap<string, Command>,
): Command {
  const path = `${parent} ${name}`;
  const children = commands.map((command) => loaded.get(`${path} ${command.name}`) ?? stub(command));
  const below = groups.map((group) => groupCommand(path, group, loaded));
  return commandGroup(name, description, [...children, ...below]).aliases(aliases);
}

function stub({ name, description }: CommandEntry): Command {
  const command = new Command(name).description(description);
  return name === "list" ? command.alias("ls") : command;
}

/** What every command has in common: global flags anywhere, our help, errors as exceptions without a word of commander's own. */
function prepare(command: Command, kn: Kn, plugins: readonly Plugin[]): void {
  const isProtocol = isHidden(command) && command.name().startsWith("__complete");
  const known = new Set(command.options.map((option) => option.long));
  if (!isProtocol) for (const option of globalOptions()) if (!known.has(option.long)) command.addOption(option);
  command
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption(isProtocol ? false : "-h, --help")
    .showSuggestionAfterError(false)
    .allowExcessArguments()
    .configureHelp({ formatHelp: (shown) => formatHelp(shown, plugins) })
    .configureOutput({ writeOut: (text) => void kn.io.stdout.write(text), writeErr: () => {} })
    .exitOverride();
}
