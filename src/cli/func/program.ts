import { Command } from "commander";
import { addCompletion } from "../shared/completion.ts";
import { commandTree, isHidden } from "../shared/command-tree.ts";
import { unknownCommand } from "../shared/suggest.ts";
import { COMMANDS, OTHER, type CommandEntry } from "./commands.ts";
import { completeValues } from "./complete-values.ts";
import type { Func } from "./func.ts";
import { notHere } from "./not-here.ts";
import { formatHelp, withHelpFlag } from "./help.ts";

const NOT_HERE = [
  ["cluster", "'kinetic up' starts a platform, without a container engine"],
  ["mcp", "its commands serve scripts as they are (-o json)"],
  ["tkn-tasks", "there are no builds on a cluster"],
] as const;

/** `func`: functions from the first file on. Only the command that `args` name is loaded; the others are there by name. */
export async function funcProgram(func: Func, given: readonly string[]): Promise<Command> {
  const args = withHelpFlag(given);
  const words = args[0]?.startsWith("__complete") === true ? args.slice(1) : args;
  const named = words.find((word) => !word.startsWith("-"));
  const program = root(func);
  for (const entry of COMMANDS) {
    const isNamed = named !== undefined && [entry.name, ...(entry.aliases ?? [])].includes(named);
    program.addCommand(finished(isNamed ? await entry.load(func) : new Command(entry.name), entry));
  }
  for (const [name, why] of NOT_HERE) program.addCommand(notHere(name, why), { hidden: true });
  addCompletion(program, { io: func.io, values: completeValues(func), started: func.name.split(" ")[0] ?? func.name });
  program.commands.find((command) => command.name() === "completion")?.helpGroup(OTHER);
  for (const command of commandTree(program)) prepare(command, func);
  return program;
}

function root(func: Func): Command {
  const { name } = func;
  const program = new Command(name)
    .argument("[words...]")
    .description(
      [
        `${name} creates, builds, deploys and runs functions`,
        `\tCreate a function in a folder of its own:\n\t${name} create --language node myfunction`,
        `\tFrom that folder, bring it to the cluster:\n\t${name} deploy`,
      ].join("\n\n"),
    );
  return program.action((words: string[]) => {
    if (words[0] !== undefined) throw unknownCommand(program, words[0]);
    func.io.stdout.write(formatHelp(program));
  });
}

function finished(command: Command, { description, aliases = [], group }: CommandEntry): Command {
  if (command.description() === "") command.description(description);
  return command.summary(description).aliases(aliases).helpGroup(group);
}

/** What every command has in common: our help, errors as exceptions without a word of commander's own. */
function prepare(command: Command, { io }: Func): void {
  const isProtocol = isHidden(command) && command.name().startsWith("__complete");
  command
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption(isProtocol ? false : "-h, --help", "Print this help")
    .showSuggestionAfterError(false)
    .allowExcessArguments()
    .configureHelp({ formatHelp })
    .configureOutput({ writeOut: (text) => void io.stdout.write(text), writeErr: () => {} })
    .exitOverride();
}
