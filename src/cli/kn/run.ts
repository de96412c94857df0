import { CommanderError, type Command } from "commander";
import { ApiError } from "../../api/meta/errors.ts";
import { commandPath, resolveCommand } from "../shared/command-tree.ts";
import { flagErrorMessage } from "../shared/flag-errors.ts";
import { UserError } from "../shared/io.ts";
import { FlagError } from "./flags.ts";
import { withHelpFlag } from "./help.ts";
import type { Kn } from "./kn.ts";

/** Runs a command line of `kn`; the result is the exit code. Errors are one message and a hint on stderr. */
export async function runKn(program: Command, given: readonly string[], kn: Kn): Promise<number> {
  const args = withHelpFlag(given);
  const { command, operands } = resolveCommand(program, args);
  try {
    if (command.commands.length > 0 && operands.length > 0) {
      const { runPlugin } = await import("./plugin/run.ts");
      const code = await runPlugin(kn, program, args);
      if (code !== undefined) return pluginResult(code, kn);
    }
    await program.parseAsync(withoutExplicitTrue(command, args), { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help
    const message = messageOf(error, command, args);
    kn.io.stderr.write(`Error: ${message}\n`);
    if (!isExpected(error)) kn.io.stderr.write(`${(error as Error).stack ?? ""}\n`);
    else kn.io.stderr.write(`Run '${helpPath(message, kn.name)} --help' for usage\n`);
    return error instanceof UserError ? error.exitCode : 1;
  }
}

/** A plugin speaks for itself; that it failed is said without a hint to our help. */
function pluginResult(code: number, { io }: Pick<Kn, "io">): number {
  if (code === 0) return 0;
  io.stderr.write(`Error: exit status ${code}\n`);
  return 1;
}

function isExpected(error: unknown): boolean {
  return error instanceof UserError || error instanceof ApiError || error instanceof CommanderError;
}

function messageOf(error: unknown, command: Command, args: readonly string[]): string {
  if (error instanceof FlagError) return `${error.message} for '${commandPath(command)}'`;
  if (error instanceof CommanderError) return `${flagErrorMessage(error, command, args)} for '${commandPath(command)}'`;
  return error instanceof Error ? error.message : String(error);
}

/** A message that quotes a sub-command points to the help of that one. */
function helpPath(message: string, name: string): string {
  const start = message.indexOf(`'${name} `);
  return start < 0 ? name : (message.slice(start + 1).split("'")[0] ?? name);
}

/** `--wait=true` is `--wait`; `--wait=false` is refused with the better way to say it. */
function withoutExplicitTrue(command: Command, args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, index) => {
    const [, flag, value] = (end >= 0 && index > end ? undefined : /^--([\w-]+)=(true|false)$/.exec(arg)) ?? [];
    if (flag === undefined) return arg;
    const option = command.options.find((candidate) => candidate.long === `--${flag}`);
    if (option === undefined || option.required || option.optional) return arg;
    if (value === "true") return `--${flag}`;
    const better = flag.startsWith("no-") ? flag.slice(3) : `no-${flag}`;
    const known = command.options.find((candidate) => candidate.long === `--${better}`);
    if (known?.hidden === true) return `--${better}`;
    throw new UserError(
      known !== undefined
        ? `use --${better} instead of providing "false" to --${flag}`
        : `leave --${flag} out instead of giving it "false"`,
    );
  });
}
