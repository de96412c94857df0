import { Command } from "commander";
import { UserError } from "../shared/io.ts";
import { commandPath, isHidden } from "../shared/command-tree.ts";

/** A command that only has others below it. */
export function commandGroup(name: string, description: string, children: readonly Command[]): Command {
  const group = new Command(name).description(description).usage("COMMAND").argument("[words...]").allowExcessArguments();
  for (const child of children.toSorted((a, b) => (a.name() < b.name() ? -1 : 1))) group.addCommand(child);
  return group.action((words: string[], _options: object, command: Command) => {
    const available = command.commands.filter((child) => !isHidden(child)).map((child) => child.name());
    const where = `'${commandPath(command)}'. Available sub-commands: ${available.join(", ")}`;
    const [word] = words;
    throw new UserError(word === undefined ? `no sub-command given for ${where}` : `unknown sub-command '${word}' for ${where}`);
  });
}

/** A command at the end of a path: its words come as one list, so that it checks their number in its own words. */
export function leaf(name: string, usage: string, description: string): Command {
  return new Command(name).usage(usage).description(description).argument("[words...]");
}
