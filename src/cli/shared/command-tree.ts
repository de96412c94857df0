import type { Command, Option } from "commander";

export interface Resolved {
  /** The deepest command that the arguments name. */
  readonly command: Command;
  /** What is not a command's name, a flag or its value. */
  readonly operands: readonly string[];
  /** The flag whose value the last argument is still to give. */
  readonly pending: Option | undefined;
}

/** Follows arguments down the tree as a parser would, without running anything. */
export function resolveCommand(program: Command, args: readonly string[]): Resolved {
  let command = program;
  let pending: Option | undefined;
  const operands: string[] = [];
  for (const arg of args) {
    if (pending !== undefined) {
      pending = undefined;
    } else if (arg.startsWith("-") && arg !== "-") {
      const option = findOption(command, arg);
      if (option?.required === true && arg === (arg.startsWith("--") ? option.long : option.short)) pending = option;
    } else {
      const child = operands.length > 0 ? undefined : childNamed(command, arg);
      if (child === undefined) operands.push(arg);
      else command = child;
    }
  }
  return { command, operands, pending };
}

function findOption(command: Command, arg: string): Option | undefined {
  const name = arg.startsWith("--") ? (arg.split("=")[0] ?? arg) : arg.slice(0, 2);
  return command.options.find((option) => option.long === name || option.short === name);
}

function childNamed(command: Command, name: string): Command | undefined {
  return command.commands.find((child) => child.name() === name || child.aliases().includes(name));
}

/** `kn service create` */
export function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`;
}

/** The command and everything below it. */
export function commandTree(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandTree)];
}

export function isHidden(command: Command): boolean {
  return (command as unknown as { _hidden?: boolean })._hidden === true;
}
