import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../../../std/clock.ts";
import { formatLine, LineSplitter, type LogStream } from "./cri.ts";

export interface LogLimits {
  /** A file that is larger is rotated. */
  readonly maxBytes: number;
  /** Files kept a container, the current one included. */
  readonly maxFiles: number;
}

export const DEFAULT_LOG_LIMITS: LogLimits = { maxBytes: 10 * 1024 * 1024, maxFiles: 5 };

/** Names of the files of one log, the oldest first: `0.log.2`, `0.log.1`, `0.log`. */
export function rotatedPaths(path: string, maxFiles: number): string[] {
  return [...Array.from({ length: maxFiles - 1 }, (_, index) => `${path}.${maxFiles - 1 - index}`), path];
}

/**
 * The one writer of a container's log.
 *
 * - I1 lines are written whole and in order; a failing disk loses lines, never the container.
 * - I2 at most one write is under way; what comes meanwhile is gathered and `pending` tells how much, so that the
 *   source can be paused.
 */
export class LogWriter {
  readonly #clock: Clock;
  readonly #limits: LogLimits;
  readonly #splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() };
  #path: string;
  #file: FileHandle | undefined;
  #size = 0;
  #gathered: { readonly path: string; readonly bytes: Buffer }[] = [];
  #pending = 0;
  #work: Promise<void> | undefined;

  constructor(path: string, limits: LogLimits, clock: Clock) {
    this.#path = path;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Bytes that are not yet with the operating system. */
  get pending(): number {
    return this.#pending;
  }

  write(stream: LogStream, chunk: Buffer): void {
    this.#add(stream, this.#splitters[stream].push(chunk));
  }

  redirect(path: string): void {
    this.#path = path;
  }

  /** Resolves when everything written so far is in the file. */
  async flushed(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
  }

  async close(): Promise<void> {
    for (const stream of ["stdout", "stderr"] as const) this.#add(stream, this.#splitters[stream].end());
    await this.flushed();
    await this.#file?.close().catch(() => {});
    this.#file = undefined;
  }

  #add(stream: LogStream, lines: readonly { text: Buffer; partial: boolean }[]): void {
    if (lines.length === 0) return;
    const now = this.#clock.now();
    const bytes = Buffer.concat(lines.map(({ text, partial }) => formatLine(now, stream, text, partial)));
    this.#gathered.push({ path: this.#path, bytes });
    this.#pending += bytes.length;
    this.#work ??= this.#drain().finally(() => (this.#work = undefined)); // I2
  }

  async #drain(): Promise<void> {
    while (this.#gathered.length > 0) {
      const batch = this.#gathered;
      this.#gathered = [];
      for (const { path, bytes } of batch) {
        await this.#append(path, bytes).catch(() => this.#forget()); // I1
        this.#pending -= bytes.length;
      }
    }
  }

  #openPath = "";

  async #append(path: string, bytes: Buffer): Promise<void> {
    if (path !== this.#openPath) await this.#forget();
    if (this.#size > 0 && this.#size + bytes.length > this.#limits.maxBytes) await this.#rotate(path);
    this.#file ??= await this.#open(path);
    await this.#file.appendFile(bytes);
    this.#size += bytes.length;
  }

  async #open(path: string): Promise<FileHandle> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, "a", 0o600);
    this.#size = (await file.stat()).size;
    this.#openPath = path;
    return file;
  }

  async #rotate(path: string): Promise<void> {
    await this.#forget();
    const paths = rotatedPaths(path, this.#limits.maxFiles);
    await rm(paths[0] ?? path, { force: true });
    for (const [index, older] of paths.entries()) {
      const newer = paths[index + 1];
      if (newer !== undefined) await rename(newer, older).catch(() => {});
    }
  }

  async #forget(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#size = 0;
    await file?.close().catch(() => {});
  }
}
