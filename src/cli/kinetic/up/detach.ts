import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultDataDirectory } from "../../../app/data-directory.ts";
import { delay } from "../../../std/abort.ts";
import { systemClock } from "../../../std/clock.ts";
import { UserError, type Io } from "../../shared/io.ts";
import type { RunningPlatform } from "../running.ts";
import type { UpFlags } from "./options.ts";
import { summary } from "./summary.ts";

const PATIENCE_MS = 60_000;
const POLL_MS = 20;
const LAST_LINES = 5;

/** Starts the same command in the background and returns once it is usable. */
export async function detach(io: Io, flags: UpFlags): Promise<void> {
  const startMs = systemClock.monotonicMs();
  const folder = flags.ephemeral === true ? tmpdir() : (flags.dataDir ?? defaultDataDirectory(io.env));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const readyFile = flags.readyFile ?? join(folder, `ready-${process.pid}.json`);
  const outputFile = join(folder, "up.out");
  await using output = await open(outputFile, "w", 0o600);
  const launcher = fileURLToPath(new URL("../../../../bin/kinetic.js", import.meta.url));
  const args = process.argv.slice(2).filter((arg) => arg !== "--detach");
  const own = flags.readyFile === undefined ? ["--ready-file", readyFile] : [];
  const child = spawn(process.execPath, [launcher, ...args, ...own], { detached: true, stdio: ["ignore", output.fd, output.fd] });
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  const running = await Promise.race([ready(readyFile), ended]);
  if (typeof running === "number") throw new UserError(lastLines(await readFile(outputFile, "utf8")));
  child.unref();
  io.stdout.write(summary(io, running, systemClock.monotonicMs() - startMs));
  io.stdout.write("It runs in the background. Stop it with: kinetic down\n");
}

async function ready(path: string): Promise<RunningPlatform> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as RunningPlatform;
    await delay(systemClock, POLL_MS, patience);
  }
}

function lastLines(text: string): string {
  const lines = text.trim().split("\n").slice(-LAST_LINES);
  return lines.join("\n").replace(/^Error: /, "");
}
