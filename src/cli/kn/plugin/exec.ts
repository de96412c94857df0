import { spawn } from "node:child_process";
import { constants } from "node:os";
import { UserError } from "../../shared/io.ts";

/** Runs a program on the streams of this process; the result is its exit code, and 128 + N after a signal N. */
export function exec(path: string, args: readonly string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  spawn(path, args, { stdio: "inherit" })
    .once("error", (error) => reject(new UserError(`cannot run ${path}: ${error.message}`)))
    .once("close", (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
  return promise;
}
