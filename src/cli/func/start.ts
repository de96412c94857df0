import { systemClock } from "../../std/clock.ts";
import { processIo } from "../shared/io.ts";
import { packageVersion } from "../shared/package-version.ts";
import type { Func } from "./func.ts";
import { funcProgram } from "./program.ts";
import { runFunc } from "./run.ts";

/** Exit code after a second signal, which does not wait for anything. */
const KILLED = 137;

/** Runs `func` in this process, under the name that it goes by; the result is its exit code. */
export async function startFunc(name: string, args: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(KILLED);
      interrupted.abort(new Error("interrupted"));
    });
  }
  const func: Func = { io: processIo(), name, version: packageVersion(), clock: systemClock, signal: interrupted.signal };
  return runFunc(await funcProgram(func, args), args, func);
}
