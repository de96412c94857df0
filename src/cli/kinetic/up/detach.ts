import { spawn } from "node:child_process";
import { open, readFile, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDataDirectory } from "../../../app/data-directory.ts";
import { delay } from "../../../std/abort.ts";
import { systemClock } from "../../../std/clock.ts";
import { UserError, type Io } from "../../shared/io.ts";
import { dataDirectoryOf, type RunningPlatform } from "../running.ts";
import type { UpFlags } from "./options.ts";
import { writeReadyFile } from "./ready-file.ts";
import { summary } from "./summary.ts";

const PATIENCE_MS = 60_000;
const POLL_MS = 20;
const LAST_LINES = 5;

/** Starts the same command in the background and returns once it is usable. */
export async function detach(io: Io, flags: UpFlags): Promise<void> {
  const startMs = systemClock.monotonicMs();
  const ephemeral = flags.ephemeral === true;
  const folder = ephemeral ? tmpdir() : await dataFolder(io, flags.dataDir);
  const outputFile = join(folder, ephemeral ? `kinetic-up-${process.pid}.out` : "up.out");
  try {
    const running = await startInBackground(outputFile, join(folder, `kinetic-ready-${process.pid}.json`));
    if (flags.readyFile !== undefined) await writeReadyFile(flags.readyFile, running);
    io.stdout.write(summary(io, running, systemClock.monotonicMs() - startMs));
    io.stdout.write(`It runs in the background. Stop it with: ${ephemeral ? `kill ${running.pid}` : "kinetic down"}\n`);
  } finally {
    if (ephemeral) await rm(outputFile, { force: true });
  }
}

async function dataFolder(io: Io, flag: string | undefined): Promise<string> {
  const opened = await openDataDirectory(dataDirectoryOf(io, flag).path);
  if (opened.kind === "refused") throw new UserError(opened.message);
  return opened.directory.path;
}

async function startInBackground(outputFile: string, readyFile: string): Promise<RunningPlatform> {
  // Appended: a platform that runs already may be writing there.
  await using output = await open(outputFile, "a+", 0o600);
  const { size: earlier } = await output.stat();
  const launcher = fileURLToPath(new URL("../../../../bin/kinetic.js", import.meta.url));
  const args = process.argv.slice(2).filter((arg) => arg !== "--detach");
  const child = spawn(process.execPath, [launcher, ...args, "--ready-file", readyFile], {
    detached: true,
    stdio: ["ignore", output.fd, output.fd],
  });
  const ended = new AbortController();
  child.once("exit", () => ended.abort());
  try {
    const running = await ready(readyFile, AbortSignal.any([ended.signal, AbortSignal.timeout(PATIENCE_MS)]));
    child.unref();
    return running;
  } catch {
    if (ended.signal.aborted) throw new UserError(whatItSaid(await readFrom(output, earlier)));
    child.kill();
    throw new UserError(`the platform was not usable in ${PATIENCE_MS / 1000} s; see ${outputFile}`);
  } finally {
    await rm(readyFile, { force: true });
  }
}

async function ready(path: string, signal: AbortSignal): Promise<RunningPlatform> {
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as RunningPlatform;
    await delay(systemClock, POLL_MS, signal);
  }
}

async function readFrom(file: FileHandle, position: number): Promise<string> {
  const { size } = await file.stat();
  const { buffer } = await file.read({ buffer: Buffer.alloc(size - position), position });
  return buffer.toString("utf8");
}

/** Its error, or the end of what it printed when there is none. */
function whatItSaid(text: string): string {
  const error = /^Error: (.+)/m.exec(text)?.[1];
  return error ?? text.trim().split("\n").slice(-LAST_LINES).join("\n");
}
