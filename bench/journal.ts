import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { systemClock } from "../src/std/clock.ts";
import { moduleUrl } from "../src/std/module-url.ts";
import type { Journal, JournalEvent, JournalLimits } from "../src/events/journal/contract.ts";
import { openJournal } from "../src/events/journal/journal.ts";
import { nodeJournalDisk } from "../src/events/journal/node-disk.ts";
import { startJournalThread, type JournalThread } from "../src/events/journal/thread/start.ts";
import { temporaryDirectory } from "./harness/platform.ts";
import { quantile } from "./harness/statistics.ts";
import type { Readings, Row } from "./harness/row.ts";

const EVENT_BYTES = 1024;
const WAITERS = [1, 10, 100] as const;
const APPENDS = { 1: 2_000, 10: 10_000, 100: 30_000 } as const;
const RECOVERED = 1_000_000;
const BATCH = 1_000;

/** What a program does that appends to a file and syncs it for each event: the price of durability without group commit. */
export const journalRow: Row = {
  name: "journal",
  title: "events of 1 KB accepted durably by the journal's thread",
  figures: [
    ...WAITERS.map((waiters) => ({ key: `rate${waiters}`, what: `${waiters} waiting`, unit: "/s", better: "higher" }) as const),
    ...WAITERS.map((waiters) => ({ key: `p50-${waiters}`, what: `${waiters} waiting, p50`, unit: "ms", better: "lower" }) as const),
    ...WAITERS.map((waiters) => ({ key: `p99-${waiters}`, what: `${waiters} waiting, p99`, unit: "ms", better: "lower" }) as const),
    { key: "read", what: "read back, 1000 at once", unit: "/s", better: "higher" },
  ],
  async open() {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryDirectory()).path;
    const thread = stack.use(await startThread(join(folder, "journal")));
    const journal = stack.use(thread.connect());
    const all = stack.move();
    return {
      ours: () => measureOurs(journal),
      peer: { name: "append and fdatasync for each", measure: () => Promise.resolve(measurePlain(join(folder, "plain"))) },
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    };
  },
};

/** Recovery begins with a snapshot and reads at most four segments; without one it reads everything. */
export const journalRecoveryRow: Row = {
  name: "journal-recovery",
  title: `opening a journal of ${RECOVERED.toLocaleString("en")} small events of which none is settled`,
  figures: [
    { key: "fill", what: "to write them, 1000 at once", unit: "s", better: "lower" },
    { key: "clean", what: "after a clean end", unit: "s", better: "lower" },
    { key: "crash", what: "after SIGKILL", unit: "s", better: "lower", bar: 5, goal: 1 },
    { key: "whole", what: "without any snapshot", unit: "s", better: "lower" },
    { key: "heap", what: "memory for it (heap)", unit: "MB", better: "lower" },
  ],
  async open() {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryDirectory()).path;
    const all = stack.move();
    return {
      ours: (round) => measureRecovery(join(folder, String(round))),
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    };
  },
};

async function startThread(folder: string): Promise<JournalThread> {
  const worker = new Worker(moduleUrl(import.meta.url, "../src/events/journal/fixtures/journal-worker"));
  const started = await startJournalThread(worker, { folder });
  if (started.kind !== "ok") throw new Error(started.message);
  return started.thread;
}

function eventOf(index: number, bytes: number): JournalEvent {
  const attributes = { specversion: "1.0", id: `event-${index}`, source: "/bench", type: "dev.kinetic.bench" };
  return { attributes, data: new Uint8Array(bytes).fill(index % 251) };
}

async function measureOurs(journal: Journal): Promise<Readings> {
  const readings: Record<string, number> = {};
  for (const waiters of WAITERS) {
    const times: number[] = [];
    let left = APPENDS[waiters];
    const startMs = systemClock.monotonicMs();
    const appender = async () => {
      while (left-- > 0) {
        const askedMs = systemClock.monotonicMs();
        await mustAppend(journal, [eventOf(left, EVENT_BYTES)]);
        times.push(systemClock.monotonicMs() - askedMs);
      }
    };
    await Promise.all(Array.from({ length: waiters }, appender));
    readings[`rate${waiters}`] = (APPENDS[waiters] * 1000) / (systemClock.monotonicMs() - startMs);
    readings[`p50-${waiters}`] = quantile(times, 50);
    readings[`p99-${waiters}`] = quantile(times, 99);
  }
  return { ...readings, read: await readRate(journal) };
}

async function readRate(journal: Journal): Promise<number> {
  const startMs = systemClock.monotonicMs();
  let count = 0;
  for (let from = 0; ;) {
    const read = await journal.read({ stream: "bench", from, limit: 1000, maxBytes: 4_000_000 });
    if (read.kind !== "ok") throw new Error(read.kind);
    if (read.events.length === 0) return (count * 1000) / (systemClock.monotonicMs() - startMs);
    count += read.events.length;
    from = read.next;
  }
}

async function mustAppend(journal: Journal, events: readonly JournalEvent[]): Promise<void> {
  const result = await journal.append("bench", events);
  if (result.kind !== "ok") throw new Error(JSON.stringify(result));
}

function measurePlain(path: string): Readings {
  const descriptor = openSync(path, "w");
  const bytes = new Uint8Array(EVENT_BYTES);
  const times: number[] = [];
  const startMs = systemClock.monotonicMs();
  for (let index = 0; index < APPENDS[1]; index++) {
    const askedMs = systemClock.monotonicMs();
    writeSync(descriptor, bytes);
    fdatasyncSync(descriptor);
    times.push(systemClock.monotonicMs() - askedMs);
  }
  const rate1 = (APPENDS[1] * 1000) / (systemClock.monotonicMs() - startMs);
  closeSync(descriptor);
  rmSync(path);
  return { rate1, "p50-1": quantile(times, 50), "p99-1": quantile(times, 99) };
}

const KEEP: Partial<JournalLimits> = { retentionMs: 1e12, retentionBytes: 1e12 };

async function measureRecovery(folder: string): Promise<Readings> {
  const disk = nodeJournalDisk();
  const open = () => {
    const startMs = systemClock.monotonicMs();
    const opened = openJournal({ disk, clock: systemClock, folder, limits: KEEP });
    if (opened.kind !== "ok") throw new Error(opened.message);
    return { journal: opened.journal, seconds: (systemClock.monotonicMs() - startMs) / 1000 };
  };
  const first = open();
  const fill = await secondsToFill(first.journal);
  await first.journal[Symbol.asyncDispose]();
  const before = process.memoryUsage().heapUsed;
  const clean = open();
  const heap = (process.memoryUsage().heapUsed - before) / 1e6;
  await clean.journal[Symbol.asyncDispose]();
  const names = disk.list(folder).filter((name) => name.startsWith("snapshot"));
  disk.remove(join(folder, names.at(-1) ?? "")); // as SIGKILL leaves it: no snapshot at the end
  const crash = open();
  await crash.journal[Symbol.asyncDispose]();
  for (const name of disk.list(folder)) if (name.startsWith("snapshot")) disk.remove(join(folder, name));
  const whole = open();
  await whole.journal[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
  return { fill, clean: clean.seconds, crash: crash.seconds, whole: whole.seconds, heap };
}

async function secondsToFill(journal: Journal): Promise<number> {
  await journal.createCursor({ cursor: { stream: "bench", reader: "trigger" }, at: "head" });
  const startMs = systemClock.monotonicMs();
  for (let done = 0; done < RECOVERED; done += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, index) => mustAppend(journal, [eventOf(done + index, 10)])));
  }
  return (systemClock.monotonicMs() - startMs) / 1000;
}
