import { Command } from "commander";
import { delay } from "../../std/abort.ts";
import { systemClock } from "../../std/clock.ts";
import { UserError, type Io } from "../shared/io.ts";
import { dataDirectoryOf, findRunning } from "./running.ts";

/** A platform drains for up to 8 s; one that takes longer than this has a defect. */
const PATIENCE_MS = 15_000;
const POLL_MS = 20;

export function downCommand(io: Io): Command {
  return new Command("down")
    .description("stop the platform; its data stays")
    .option("--data-dir <folder>", "where the platform keeps its data")
    .action(async (options: { dataDir?: string }) => {
      const directory = dataDirectoryOf(io, options.dataDir);
      const running = await findRunning(directory);
      if (running === undefined) {
        io.stdout.write(`no platform runs on ${directory.path}\n`);
        return;
      }
      process.kill(running.pid, "SIGTERM");
      await gone(running.pid);
      io.stdout.write("stopped\n");
    });
}

async function gone(pid: number): Promise<void> {
  const deadline = systemClock.monotonicMs() + PATIENCE_MS;
  while (isAlive(pid)) {
    if (systemClock.monotonicMs() > deadline)
      throw new UserError(`process ${pid} did not stop in ${PATIENCE_MS / 1000} s; look at its log`);
    await delay(systemClock, POLL_MS, AbortSignal.timeout(PATIENCE_MS));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
