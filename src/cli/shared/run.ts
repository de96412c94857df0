import { CommanderError, type Command } from "commander";
import { ApiError } from "../../api/meta/errors.ts";
import { UserError, type Io } from "./io.ts";

/** Runs a command line. Errors that a user can act on are one line on stderr; everything else is a bug with its stack. */
export async function runProgram(program: Command, args: readonly string[], io: Io): Promise<number> {
  program.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
  });
  for (const command of descendants(program)) command.exitOverride().copyInheritedSettings(program);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    return report(error, io);
  }
}

function descendants(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...descendants(child)]);
}

function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode; // commander has said it
  if (error instanceof UserError) {
    io.stderr.write(`Error: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof ApiError) {
    io.stderr.write(`Error: ${error.message}\n`);
    return 1;
  }
  io.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
