/** Errors that say what to do next: a sentence, why, commands to try, where to read more. */
import { UserError } from "../shared/io.ts";

export interface Help {
  readonly message: string;
  /** Sentences between the message and the commands. */
  readonly why?: readonly string[];
  /** A command and what it does. */
  readonly tries: readonly (readonly [command: string, what: string])[];
  /** The command whose help has more: `func deploy`. */
  readonly more: string;
}

export function helpError({ message, why = [], tries, more }: Help): UserError {
  const width = Math.max(...tries.map(([command]) => command.length), 0) + 3;
  const commands = tries.map(([command, what]) => `  ${command.padEnd(width)}${what}`.trimEnd());
  const parts = [message, why.join("\n"), ["Try this:", ...commands].join("\n"), `For more options, run '${more} --help'`];
  return new UserError(parts.filter((part) => part !== "").join("\n\n"));
}

/** There is no func.yaml where a command needs one. */
export function notInitialized(root: string, name: string, command: string): UserError {
  return helpError({
    message: `'${root}' does not contain an initialized function`,
    why: [`There is no func.yaml in this folder; '${name} ${command}' works on the function of the current folder, or of --path.`],
    tries: [
      [`${name} create --language go myfunction`, "Create a new function"],
      ["cd myfunction", "Go into its folder"],
      [`${name} ${command}`, "Run the command there"],
      [`${name} ${command} --path path/to/function`, "Or name the folder of a function"],
    ],
    more: `${name} ${command}`,
  });
}
