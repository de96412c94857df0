import { CommanderError, type Command } from "commander";
import { ApiError } from "../../api/meta/errors.ts";
import { TemplateError } from "../../functions/templates/template-error.ts";
import { resolveCommand } from "../shared/command-tree.ts";
import { flagErrorMessage } from "../shared/flag-errors.ts";
import { UserError } from "../shared/io.ts";
import type { Func } from "./func.ts";
import { withHelpFlag } from "./help.ts";

/** As a shell has it for a program that SIGINT has ended. */
const INTERRUPTED = 130;

/** Runs a command line of `func`; the result is the exit code. */
export async function runFunc(program: Command, given: readonly string[], func: Func): Promise<number> {
  const args = withHelpFlag(given);
  const { command } = resolveCommand(program, args);
  try {
    await program.parseAsync(withoutValues(command, args), { from: "user" });
    return func.signal.aborted ? INTERRUPTED : 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help
    if (func.signal.aborted) return INTERRUPTED;
    func.io.stderr.write(`Error: ${messageOf(error, command, args)}\n`);
    return error instanceof UserError ? error.exitCode : 1;
  }
}

function messageOf(error: unknown, command: Command, args: readonly string[]): string {
  if (error instanceof CommanderError) return flagErrorMessage(error, command, args);
  if (error instanceof TemplateError) return error.hint === undefined ? error.message : `${error.message}\n\nTry this: ${error.hint}`;
  if (error instanceof UserError || error instanceof ApiError) return error.message;
  const { code, syscall, message, stack } = error as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined ? message : (stack ?? String(error)); // the system's word, or a bug
}

/** `--push=true` is `--push`, `--push=false` is `--no-push`. */
function withoutValues(command: Command, args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, index) => {
    const [, flag, value] = (end >= 0 && index > end ? undefined : /^--([\w-]+)=(true|false)$/i.exec(arg)) ?? [];
    const option = flag === undefined ? undefined : command.options.find((candidate) => candidate.long === `--${flag}`);
    if (option === undefined || option.required || option.optional) return arg;
    return value?.toLowerCase() === "true" ? `--${flag}` : `--no-${flag}`;
  });
}
