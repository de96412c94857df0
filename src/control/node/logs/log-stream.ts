import type { FileHandle } from "node:fs/promises";
import { readFile, stat } from "node:fs/promises";
import { delay } from "../../../std/abort.ts";
import type { Clock } from "../../../std/clock.ts";
import type { LogLine } from "./cri.ts";
import type { LogOptions } from "./log-options.ts";
import { existingFiles, FileLines, openIfThere, splitLines } from "./log-reader.ts";

export interface LogSource {
  readonly path: string;
  readonly maxFiles: number;
  readonly clock: Clock;
  /** Whether the container still writes; following ends after it. */
  isLive(): boolean;
}

/** How often a followed file is looked at. */
const POLL_MS = 50;

type Choice = Pick<LogOptions, "follow" | "tailLines" | "sinceMs" | "stream">;

/** The lines of a log, batch by batch; with `follow` until the container has ended or the signal aborts. */
export async function* logLines(source: LogSource, options: Choice, signal: AbortSignal): AsyncGenerator<readonly LogLine[]> {
  const kept = (line: LogLine) => wanted(line, options);
  if (options.tailLines !== undefined) yield* tailAndFollow(source, { ...options, tailLines: options.tailLines, kept }, signal);
  else for await (const batch of wholeLog(source, options.follow, signal)) yield batch.filter(kept);
}

function wanted({ time, stream }: LogLine, { sinceMs, stream: which }: Choice): boolean {
  if (which !== "All" && which.toLowerCase() !== stream) return false;
  return sinceMs === undefined || Date.parse(time) >= sinceMs;
}

interface TailChoice extends Choice {
  readonly tailLines: number;
  readonly kept: (line: LogLine) => boolean;
}

async function* tailAndFollow(
  source: LogSource,
  { tailLines, kept, follow }: TailChoice,
  signal: AbortSignal,
): AsyncGenerator<readonly LogLine[]> {
  const { lines, end } = await lastLines(source, tailLines, kept);
  yield lines;
  if (follow) for await (const batch of followFile(source, end, signal)) yield batch.filter(kept);
}

/** The last lines, and where in the current file they end. Files are read from the newest back until there are enough. */
async function lastLines(
  { path, maxFiles }: LogSource,
  count: number,
  kept: (line: LogLine) => boolean,
): Promise<{ lines: readonly LogLine[]; end: number }> {
  let lines: LogLine[] = [];
  let end = 0;
  for (const file of (await existingFiles(path, maxFiles)).toReversed()) {
    const data = await readFile(file).catch(() => Buffer.alloc(0));
    if (file === path) end = data.lastIndexOf(0x0a) + 1;
    lines = [...splitLines(data).filter(kept), ...lines];
    if (fullLines(lines) >= count) break;
  }
  return { lines: lastFull(lines, count), end };
}

function fullLines(lines: readonly LogLine[]): number {
  return lines.reduce((sum, { partial }) => sum + (partial ? 0 : 1), 0);
}

/** The pieces that make up the last `count` lines. */
function lastFull(lines: readonly LogLine[], count: number): readonly LogLine[] {
  let left = count;
  for (let index = lines.length - 1; index >= 0; index--) {
    if (lines[index]?.partial === false && left-- === 0) return lines.slice(index + 1);
  }
  return lines;
}

async function* wholeLog(source: LogSource, follow: boolean, signal: AbortSignal): AsyncGenerator<readonly LogLine[]> {
  const older = (await existingFiles(source.path, source.maxFiles)).filter((file) => file !== source.path);
  for (const file of older) {
    await using handle = await openIfThere(file);
    if (handle !== undefined) yield* present(new FileLines(handle));
  }
  if (follow) return yield* followFile(source, 0, signal);
  await using handle = await openIfThere(source.path);
  if (handle !== undefined) yield* present(new FileLines(handle));
}

async function* present(lines: FileLines): AsyncGenerator<readonly LogLine[]> {
  for (let batch = await lines.next(); batch !== undefined; batch = await lines.next()) yield batch;
}

/** Reads on at the end of the file; when it was rotated, the rest of the old one comes before the new one. */
async function* followFile(source: LogSource, offset: number, signal: AbortSignal): AsyncGenerator<readonly LogLine[]> {
  let start = offset;
  while (!signal.aborted) {
    const isLive = source.isLive(); // asked before looking: what appears until its end is found below
    await using handle = await openIfThere(source.path);
    if (handle !== undefined) {
      const isLast = yield* followHandle(source, handle, start, signal);
      start = 0;
      if (isLast) return;
    } else if (!isLive) return;
    else await pause(source.clock, signal);
  }
}

/** Whether the log is over (true) or goes on in a new file. */
async function* followHandle(
  source: LogSource,
  handle: FileHandle,
  start: number,
  signal: AbortSignal,
): AsyncGenerator<readonly LogLine[], boolean> {
  const lines = new FileLines(handle, start);
  while (!signal.aborted) {
    const isLive = source.isLive(); // asked before reading: what was written until its end is read below
    const isRotated = await wasRotated(handle, source.path);
    yield* present(lines);
    if (isRotated) return false;
    if (!isLive) return true;
    await pause(source.clock, signal);
  }
  return true;
}

async function wasRotated(handle: FileHandle, path: string): Promise<boolean> {
  const [mine, current] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)]);
  return current !== undefined && current.ino !== mine.ino;
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return delay(clock, POLL_MS, signal).catch(() => {});
}
