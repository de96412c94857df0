import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { systemClock } from "../../../std/clock.ts";
import { moduleUrl } from "../../../std/module-url.ts";
import { eventOf, idOf } from "../fixtures/events.ts";
import { openJournal } from "../journal.ts";
import { nodeJournalDisk } from "../node-disk.ts";
import { startJournalThread } from "./start.ts";

const spawnThread = () => new Worker(moduleUrl(import.meta.url, "../fixtures/journal-worker"));
const CURSOR = { stream: "stream", reader: "trigger" };

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "journal-"));
  try {
    await work(join(folder, "deep", "journal"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(folder: string) {
  const started = await startJournalThread(spawnThread(), { folder });
  assert.ok(started.kind === "ok", JSON.stringify(started));
  return started.thread;
}

test("two users of one thread's journal see each other's events, and it is all there after a restart", () =>
  withFolder(async (folder) => {
    {
      await using thread = await start(folder);
      await using producer = thread.connect();
      await using consumer = thread.connect();
      await consumer.createCursor({ cursor: CURSOR, at: "head" });
      const heads = Promise.withResolvers<ReadonlyMap<string, number>>();
      using _watch = consumer.watch((grown) => grown.get("stream") === 2 && heads.resolve(grown));
      const data = new Uint8Array(100_000).map((_, index) => index);
      const results = await Promise.all([
        producer.append("stream", [{ attributes: { id: "a" }, data }]),
        producer.append("stream", [eventOf("b")]),
      ]);
      assert.deepEqual(
        results.map((result) => result.kind === "ok" && result.firstOffset),
        [0, 1],
      );
      await heads.promise;
      const read = await consumer.readCursor(CURSOR, { from: 0, limit: 10 });
      assert.ok(read.kind === "ok");
      assert.deepEqual(read.events.map(idOf), ["a", "b"]);
      assert.deepEqual(read.events[0]?.data, data);
      const replies = { stream: "stream", events: [eventOf("reply")] };
      const settled = await consumer.settle({ cursor: CURSOR, parked: [{ offset: 0, reason: "NoSink", attempts: 1 }], replies });
      assert.deepEqual(settled, { kind: "ok", firstOffset: 2, parkedIds: [1] });
      assert.equal((await consumer.editParked(1, eventOf("edited"))).kind, "ok");
      consumer.acknowledge(CURSOR, [{ outcome: "delivered", offset: 1 }]);
    }
    await using thread = await start(folder);
    await using journal = thread.connect();
    const read = await journal.readCursor(CURSOR, { from: 0, limit: 10 });
    assert.ok(read.kind === "ok" && read.events.map(idOf).join() === "reply", "what was asked before leaving was done");
    const edited = await journal.getParked(2);
    assert.ok(edited.kind === "ok" && idOf(edited.event) === "edited");
    const [life] = await journal.history({ id: "b" }, AbortSignal.timeout(5_000));
    assert.deepEqual(
      life?.entries.map((entry) => entry.kind),
      ["settled"],
    );
  }));

test("a second journal in the same folder is refused, and a closed one says so", () =>
  withFolder(async (folder) => {
    const thread = await start(folder);
    const second = await startJournalThread(spawnThread(), { folder });
    assert.ok(second.kind === "locked" && second.message.includes(folder));
    const journal = thread.connect();
    await journal.append("stream", [eventOf("a")]);
    await thread[Symbol.asyncDispose]();
    await assert.rejects(journal.append("stream", [eventOf("b")]), /closed/);
  }));

test("files and folders are their owner's alone, and a sealed segment takes no more room than it needs", () =>
  withFolder(async (folder) => {
    {
      await using thread = await start(folder);
      await using journal = thread.connect();
      await journal.append("stream", [eventOf("a")]);
    }
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of readdirSync(folder).filter((one) => one.startsWith("segment"))) {
      const { mode, size } = statSync(join(folder, name));
      assert.deepEqual([mode & 0o777, size < 1000], [0o600, true]);
    }
  }));

/** Lets the writer work until it has had `count` answers, kills it, and gives every answer that it printed. */
async function killAfter(folder: string, count: number): Promise<Map<number, string>> {
  const script = fileURLToPath(moduleUrl(import.meta.url, "../fixtures/doomed-worker"));
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledged = new Map<number, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [offset = "", id = ""] = line.split(" ");
    if (id !== "") acknowledged.set(Number(offset), id);
    if (acknowledged.size === count) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL");
  return acknowledged;
}

test("SIGKILL loses no acknowledged event and gives no offset twice", () =>
  withFolder(async (folder) => {
    const all = new Map<number, string>();
    for (const count of [50, 200]) {
      for (const [offset, id] of await killAfter(folder, count)) {
        assert.equal(all.get(offset), undefined, `offset ${offset} was given twice`);
        all.set(offset, id);
      }
      const opened = openJournal({ disk: nodeJournalDisk(), clock: systemClock, folder });
      assert.ok(opened.kind === "ok", JSON.stringify(opened));
      await using journal = opened.journal;
      const read = await journal.read({ stream: "stream", from: 0, limit: 10_000 });
      assert.ok(read.kind === "ok");
      const found = new Map(read.events.map((event) => [event.offset, idOf(event)]));
      for (const [offset, id] of all) assert.equal(found.get(offset), id);
    }
  }));
