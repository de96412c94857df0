import { spawn } from "node:child_process";
import { open, readFile, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { fileURLToPath } from "node:url";
import { openDataDirectory } from "../../../app/data-directory.ts";
import { delay } from "../../../std/abort.ts";
import { systemClock } from "../../../std/clock.ts";
import { UserError, type Io, type Output } from "../../shared/io.ts";
import { quote } from "../env.ts";
import { dataDirectoryOf, type RunningPlatform } from "../running.ts";
import type { UpFlags } from "./options.ts";

/** What the process in the background tells once everything is done that was asked of the start. */
export interface Started {
  readonly running: RunningPlatform;
  /** Why the sample does not run; the platform does. */
  readonly sampleFailure?: string;
}

/** A start, and after it the sample. */
const PATIENCE_MS = 90_000;
const POLL_MS = 20;
const LAST_LINES = 5;

/** Starts the same command in the background, shows what it prints, and returns once it has done what was asked. */
export async function detach(io: Io, flags: UpFlags): Promise<void> {
  const ephemeral = flags.ephemeral === true;
  const folder = ephemeral ? tmpdir() : await dataFolder(io, flags.dataDir);
  const file = (name: string) => join(folder, ephemeral ? `kinetic-${process.pid}-${name}` : name);
  const files = { output: file("up.out"), errors: file("up.err"), started: join(folder, `kinetic-started-${process.pid}.json`) };
  try {
    const { running, sampleFailure } = await startInBackground(io.stdout, files);
    const stop = ephemeral ? `kill ${running.pid}` : `kinetic down${flags.dataDir === undefined ? "" : ` --data-dir ${quote(folder)}`}`;
    if (sampleFailure !== undefined) throw new UserError(withoutSample(running, sampleFailure, stop));
    io.stdout.write(`It runs in the background. Stop it with: ${stop}\n`);
  } finally {
    if (ephemeral) await Promise.all([files.output, files.errors].map((path) => rm(path, { force: true })));
  }
}

function withoutSample(running: RunningPlatform, failure: string, stop: string): string {
  const look = `KUBECONFIG=${quote(running.kubeconfig)} kubectl describe ksvc,revision,pod`;
  return `${failure}; the platform runs in the background all the same: look with ${look}, stop it with ${stop}`;
}

async function dataFolder(io: Io, flag: string | undefined): Promise<string> {
  const opened = await openDataDirectory(dataDirectoryOf(io, flag).path);
  if (opened.kind === "refused") throw new UserError(opened.message);
  return opened.directory.path;
}

interface Files {
  readonly output: string;
  readonly errors: string;
  /** Gets `Started` as JSON. */
  readonly started: string;
}

async function startInBackground(stdout: Output, files: Files): Promise<Started> {
  await using output = await Tail.open(files.output);
  await using errors = await Tail.open(files.errors);
  const launcher = fileURLToPath(new URL("../../../../bin/kinetic.js", import.meta.url));
  const args = process.argv.slice(2).filter((arg) => arg !== "--detach");
  const child = spawn(process.execPath, [launcher, ...args, "--started-file", files.started], {
    detached: true,
    stdio: ["ignore", output.fd, errors.fd],
  });
  const ended = new AbortController();
  child.once("exit", () => ended.abort());
  try {
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const started = await until(files.started, async () => void stdout.write(await output.more()), signal);
    child.unref();
    return started;
  } catch {
    if (ended.signal.aborted) throw new UserError(whatItSaid(await errors.more()));
    child.kill();
    throw new UserError(`the platform was not usable in ${PATIENCE_MS / 1000} s; see ${files.output} and ${files.errors}`);
  } finally {
    await rm(files.started, { force: true });
  }
}

/** Polls for the file; `eachTime` is called before each look and once more when it is there. */
async function until(path: string, eachTime: () => Promise<void>, signal: AbortSignal): Promise<Started> {
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    await eachTime();
    if (text !== undefined) return JSON.parse(text) as Started;
    await delay(systemClock, POLL_MS, signal);
  }
}

/** What is appended to a file from now on. */
class Tail implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #decoder = new StringDecoder("utf8");
  #position: number;

  private constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** Kept as it is: a platform that runs already may be writing there. */
  static async open(path: string): Promise<Tail> {
    const file = await open(path, "a+", 0o600);
    return new Tail(file, (await file.stat()).size);
  }

  get fd(): number {
    return this.#file.fd;
  }

  async more(): Promise<string> {
    const { size } = await this.#file.stat();
    if (size <= this.#position) return "";
    const { buffer, bytesRead } = await this.#file.read({ buffer: Buffer.alloc(size - this.#position), position: this.#position });
    this.#position += bytesRead;
    return this.#decoder.write(buffer.subarray(0, bytesRead));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close();
  }
}

/** Its error, or the end of what it printed when there is none. */
function whatItSaid(text: string): string {
  const error = /^Error: (.+)/m.exec(text)?.[1];
  const end = text.trim().split("\n").slice(-LAST_LINES).join("\n");
  return error ?? (end === "" ? "the platform ended before it was usable" : end);
}
