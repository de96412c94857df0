import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../testing/clock.ts";
import { systemError, TornDisk, type DiskCall } from "../../testing/torn-disk.ts";
import type { CursorKey, Journal, JournalLimits } from "./contract.ts";
import { eventOf, idOf } from "./fixtures/events.ts";
import { openHost, type TurnReport } from "./host.ts";
import { openJournal } from "./journal.ts";

const LIMITS = { segmentBytes: 4096, eventBytes: 2048, batchBytes: 3000, reserveBytes: 1000, retentionMs: 10_000, retentionBytes: 1 << 20 };
const STREAM = "broker-uid";
const CURSOR: CursorKey = { stream: STREAM, reader: "trigger-uid" };

function open(disk: TornDisk, clock = new ManualClock(), limits: Partial<JournalLimits> = {}): Journal {
  const opened = openJournal({ disk, clock, folder: "/journal", limits: { ...LIMITS, ...limits } });
  assert.ok(opened.kind === "ok", JSON.stringify(opened));
  return opened.journal;
}

async function ids(journal: Journal, cursor: CursorKey = CURSOR, from = 0): Promise<string[]> {
  const read = await journal.readCursor(cursor, { from, limit: 1000 });
  assert.ok(read.kind === "ok", JSON.stringify(read));
  return read.events.map(idOf);
}

async function fill(journal: Journal, count: number, size = 300): Promise<void> {
  for (let index = 0; index < count; index++) {
    const result = await journal.append(STREAM, [eventOf(`e${index}`, size)]);
    assert.equal(result.kind, "ok");
  }
}

const delivered = (offset: number) => ({ outcome: "delivered", offset, status: 200, attempt: 1 }) as const;

test("what was appended is read back in order, by offset, also after a restart", async () => {
  const disk = new TornDisk();
  const clock = new ManualClock();
  {
    await using journal = open(disk, clock);
    assert.deepEqual(await journal.append(STREAM, [eventOf("a"), eventOf("b")]), {
      kind: "ok",
      firstOffset: 0,
      receivedAtMs: clock.now(),
    });
    const [c, other] = await Promise.all([journal.append(STREAM, [eventOf("c")]), journal.append("other", [eventOf("x")])]);
    assert.deepEqual([c.kind === "ok" && c.firstOffset, other.kind === "ok" && other.firstOffset], [2, 0]);
  }
  await using journal = open(disk, clock);
  const read = await journal.read({ stream: STREAM, from: 1, limit: 10 });
  assert.ok(read.kind === "ok");
  assert.deepEqual([read.events.map(idOf), read.events.map((event) => event.offset), read.next], [["b", "c"], [1, 2], 3]);
  assert.deepEqual(read.events[0]?.data, eventOf("b").data);
  assert.deepEqual(await journal.streams(), [
    { stream: STREAM, oldest: 0, head: 3 },
    { stream: "other", oldest: 0, head: 1 },
  ]);
});

test("reads stop at a limit of events and of bytes, and go on where they stopped", async () => {
  await using journal = open(new TornDisk());
  await fill(journal, 40);
  const seen: string[] = [];
  for (let from = 0; from < 40;) {
    const read = await journal.read({ stream: STREAM, from, limit: 7, maxBytes: 1200 });
    assert.ok(read.kind === "ok" && read.events.length > 0 && read.events.length <= 4, JSON.stringify(read.kind));
    seen.push(...read.events.map(idOf));
    from = read.next;
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 40 }, (_, index) => `e${index}`),
  );
  const large = await journal.read({ stream: STREAM, from: 3, limit: 7, maxBytes: 1 });
  assert.ok(large.kind === "ok" && large.events.length === 1 && large.next === 4);
});

test("all who ask within a turn share one sync", async () => {
  const syncs: DiskCall[] = [];
  const disk = new TornDisk({ onCall: (call) => void (call.op === "sync" && syncs.push(call)) });
  await using journal = open(disk, new ManualClock(), { segmentBytes: 1 << 20 });
  await Promise.all(Array.from({ length: 100 }, (_, index) => journal.append(STREAM, [eventOf(`${index}`)])));
  assert.equal(syncs.length, 1);
  const read = await journal.read({ stream: STREAM, from: 0, limit: 1000 });
  assert.ok(read.kind === "ok" && read.events.length === 100);
});

test("an event or a batch over its limit is refused with the index, and nothing of it is there", async () => {
  await using journal = open(new TornDisk());
  assert.deepEqual(await journal.append(STREAM, [eventOf("a"), eventOf("b", 2100)]), { kind: "too-large", index: 1, limitBytes: 2048 });
  const four = Array.from({ length: 4 }, (_, index) => eventOf(`${index}`, 1000));
  assert.deepEqual(await journal.append(STREAM, four), { kind: "too-large", index: 2, limitBytes: 3000 });
  assert.deepEqual(await journal.streams(), []);
});

test("a cursor begins at the head, at the oldest event or at an offset, and stays where it is when it is made again", async () => {
  await using journal = open(new TornDisk());
  await fill(journal, 3);
  assert.deepEqual(await journal.createCursor({ cursor: CURSOR, at: "head" }), { kind: "ok", floor: 3, existed: false });
  assert.deepEqual(await journal.createCursor({ cursor: { stream: STREAM, reader: "old" }, at: "oldest" }), {
    kind: "ok",
    floor: 0,
    existed: false,
  });
  assert.deepEqual(await journal.createCursor({ cursor: { stream: STREAM, reader: "mid" }, at: 1, until: 2 }), {
    kind: "ok",
    floor: 1,
    existed: false,
  });
  await journal.append(STREAM, [eventOf("new")]);
  const description = { namespace: "default", broker: "default", trigger: "t" };
  const again = await journal.createCursor({ cursor: CURSOR, at: "oldest", backlogLimit: 7, description });
  assert.deepEqual(again, { kind: "ok", floor: 3, existed: true });
  assert.deepEqual(await ids(journal), ["new"]);
  assert.deepEqual(await ids(journal, { stream: STREAM, reader: "mid" }), ["e1"]);
  assert.deepEqual(await journal.cursor(CURSOR), {
    cursor: CURSOR,
    description,
    floor: 3,
    backlog: 1,
    backlogLimit: 7,
    parked: 0,
    oldestAtMs: 1_735_689_600_000,
  });
  assert.equal((await journal.cursors()).length, 3);
});

test("acknowledged events are not read again, and the floor follows the first that is not", async () => {
  const disk = new TornDisk();
  const clock = new ManualClock();
  {
    await using journal = open(disk, clock);
    await journal.createCursor({ cursor: CURSOR, at: "head" });
    await fill(journal, 6, 10);
    journal.acknowledge(CURSOR, [delivered(1), { outcome: "filtered", from: 3, to: 5 }]);
    assert.deepEqual(await ids(journal), ["e0", "e2", "e5"]);
    assert.equal((await journal.cursor(CURSOR))?.floor, 0);
    journal.acknowledge(CURSOR, [delivered(0), delivered(99)]);
    assert.deepEqual([(await journal.cursor(CURSOR))?.floor, (await journal.cursor(CURSOR))?.backlog], [2, 2]);
  }
  await using journal = open(disk, clock);
  assert.deepEqual(await ids(journal), ["e2", "e5"]);
});

test("acknowledgements are synced within 50 ms and not before", async () => {
  const lazy: DiskCall[] = [];
  const clock = new ManualClock();
  const disk = new TornDisk({ onCall: (call) => void (call.reason === "lazy" && lazy.push(call)) });
  await using journal = open(disk, clock);
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 1);
  journal.acknowledge(CURSOR, [delivered(0)]);
  await clock.advance(49);
  assert.equal(lazy.length, 0);
  await clock.advance(1);
  assert.equal(lazy.length, 1);
});

test("at most maxInFlight unsettled events are read beyond the floor", async () => {
  await using journal = open(new TornDisk(), new ManualClock(), { maxInFlight: 3 });
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 8, 10);
  const first = await journal.readCursor(CURSOR, { from: 0, limit: 100 });
  assert.ok(first.kind === "ok" && first.saturated);
  assert.deepEqual(first.events.map(idOf), ["e0", "e1", "e2"]);
  journal.acknowledge(CURSOR, [delivered(1), delivered(2)]);
  const second = await journal.readCursor(CURSOR, { from: first.next, limit: 100 });
  assert.ok(second.kind === "ok" && second.saturated);
  assert.deepEqual(second.events.map(idOf), ["e3", "e4"]);
});

test("attempts and their next time survive, and end with the event", async () => {
  const disk = new TornDisk();
  const clock = new ManualClock();
  {
    await using journal = open(disk, clock);
    await journal.createCursor({ cursor: CURSOR, at: "head" });
    await fill(journal, 2);
    assert.deepEqual(await journal.recordAttempt(CURSOR, { offset: 1, attempt: 1, durability: "lazy" }), { kind: "ok" });
    assert.deepEqual(await journal.recordAttempt(CURSOR, { offset: 1, attempt: 2, nextAtMs: 5000.5, status: 503 }), { kind: "ok" });
    assert.deepEqual(await journal.recordAttempt(CURSOR, { offset: 0, attempt: 1 }), { kind: "ok" });
    journal.acknowledge(CURSOR, [delivered(0)]);
  }
  await using journal = open(disk, clock);
  const read = await journal.readCursor(CURSOR, { from: 0, limit: 10 });
  assert.ok(read.kind === "ok");
  assert.deepEqual(
    read.events.map(({ offset, attempts, nextAtMs }) => [offset, attempts, nextAtMs]),
    [[1, 2, 5000.5]],
  );
});

test("a reply and the acknowledgement of its source are one frame", async () => {
  const disk = new TornDisk();
  await using journal = open(disk);
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 1);
  const settled = await journal.settle({
    cursor: CURSOR,
    acknowledged: [delivered(0)],
    replies: { stream: "target", events: [eventOf("reply")] },
  });
  assert.deepEqual(settled, { kind: "ok", firstOffset: 0, parkedIds: [] });
  const read = await journal.read({ stream: "target", from: 0, limit: 10 });
  assert.ok(read.kind === "ok" && read.events.map(idOf).join() === "reply");
  assert.deepEqual(await journal.settle({ cursor: { ...CURSOR, reader: "gone" } }), { kind: "no-cursor" });
});

test("parked items keep their event and failure until they are resolved, over restarts", async () => {
  const disk = new TornDisk();
  const clock = new ManualClock();
  const description = { namespace: "default", trigger: "orders" };
  {
    await using journal = open(disk, clock);
    await journal.createCursor({ cursor: CURSOR, at: "head", description });
    await fill(journal, 5);
    const failure = { reason: "NoSink", status: 500, destination: "http://x", message: "no" };
    const parked = [3, 1, 2].map((offset) => ({ ...failure, offset, attempts: 4 }));
    const settled = await journal.settle({ cursor: CURSOR, parked: [...parked, { reason: "Loop", offset: 4, attempts: 1 }] });
    assert.deepEqual(settled, { kind: "ok", parkedIds: [1, 2, 3, 4] });
    assert.deepEqual(await ids(journal), ["e0"], "parked events are settled");
    const again = await journal.settle({ cursor: CURSOR, parked });
    assert.deepEqual(again, { kind: "ok", parkedIds: [] }, "parking twice is parking once");
  }
  await using journal = open(disk, clock);
  assert.deepEqual(await journal.resolveParked([2, 77], "redriven"), { kind: "ok" });
  assert.deepEqual(await journal.notePark(3, { reason: "SinkFailed", status: 502 }), { kind: "ok" });
  const items = await journal.listParked({ reader: CURSOR.reader });
  assert.deepEqual(
    items.map(({ id, offset, reason, redrives, attempts }) => [id, offset, reason, redrives, attempts]),
    [
      [1, 1, "NoSink", 0, 4],
      [3, 3, "SinkFailed", 1, 4],
      [4, 4, "Loop", 0, 1],
    ],
  );
  assert.deepEqual(
    (await journal.listParked({ after: 1, limit: 1 })).map((item) => item.id),
    [3],
  );
  assert.deepEqual(await journal.listParked({ stream: "other" }), []);
  const read = await journal.getParked(3);
  assert.ok(read.kind === "ok" && idOf(read.event) === "e3" && read.item.status === 502);
  assert.deepEqual(await journal.getParked(2), { kind: "missing" });
  assert.deepEqual(await journal.parkedCounts(), [{ cursor: CURSOR, description, count: 3 }]);
});

test("an edited copy is a new parked item that names the original, which stays", async () => {
  const disk = new TornDisk();
  {
    await using journal = open(disk);
    await journal.createCursor({ cursor: CURSOR, at: "head" });
    await fill(journal, 2);
    await journal.settle({ cursor: CURSOR, parked: [{ reason: "NoSink", offset: 1, attempts: 2 }] });
    assert.deepEqual(await journal.editParked(1, eventOf("changed")), { kind: "ok", id: 2 });
    assert.deepEqual(await journal.editParked(9, eventOf("changed")), { kind: "missing" });
  }
  await using journal = open(disk);
  const [original, copy] = [await journal.getParked(1), await journal.getParked(2)];
  assert.ok(original.kind === "ok" && copy.kind === "ok");
  assert.deepEqual([idOf(original.event), idOf(copy.event), copy.item.editOf, copy.item.offset], ["e1", "changed", 1, 1]);
});

test("parked items of a removed trigger or broker stay by policy and say whose they were", async () => {
  const disk = new TornDisk();
  const clock = new ManualClock();
  const keep = { stream: STREAM, reader: "keep" };
  const purge = { stream: STREAM, reader: "purge" };
  {
    await using journal = open(disk, clock);
    for (const cursor of [keep, purge]) {
      await journal.createCursor({ cursor, at: "head", description: { trigger: cursor.reader } });
    }
    await fill(journal, 2);
    for (const cursor of [keep, purge]) await journal.settle({ cursor, parked: [{ reason: "NoSink", offset: 0, attempts: 1 }] });
    await journal.removeCursor(keep, "keep");
    await journal.removeCursor(purge, "purge");
    await journal.removeStream(STREAM, "keep");
    assert.deepEqual([await journal.cursors(), await journal.streams()], [[], []]);
  }
  await using journal = open(disk, clock);
  const items = await journal.listParked();
  assert.deepEqual(
    items.map(({ cursor, description }) => [cursor, description]),
    [[keep, { trigger: "keep" }]],
  );
  const read = await journal.getParked(items[0]?.id ?? 0);
  assert.ok(read.kind === "ok" && idOf(read.event) === "e0");
  assert.deepEqual((await journal.append(STREAM, [eventOf("new")])).kind, "ok");
  assert.deepEqual(await journal.streams(), [{ stream: STREAM, oldest: 0, head: 1 }], "a stream made again is a new one");
});

test("a second process is refused", async () => {
  const disk = new TornDisk();
  await using _journal = open(disk);
  const second = openJournal({ disk, clock: new ManualClock(), folder: "/journal" });
  assert.equal(second.kind, "locked");
});

test("watchers hear of streams that grew, once a turn", async () => {
  await using journal = open(new TornDisk());
  const heard: [string, number][][] = [];
  using _watch = journal.watch((heads) => heard.push([...heads]));
  await Promise.all([journal.append(STREAM, [eventOf("a")]), journal.append(STREAM, [eventOf("b")]), journal.append("other", [])]);
  await journal.append("other", [eventOf("c")]);
  assert.deepEqual(heard, [[[STREAM, 2]], [["other", 1]]]);
});

test("what makes no sense is rejected, and the others of its turn are served", async () => {
  await using journal = open(new TornDisk());
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 2);
  journal.acknowledge(CURSOR, [{ outcome: "delivered", offset: 0, status: -200 }]);
  const [good, bad, worse] = await Promise.allSettled([
    journal.append(STREAM, [eventOf("a")]),
    journal.recordAttempt(CURSOR, { offset: 1, attempt: -1 }),
    journal.settle({ cursor: CURSOR, parked: [{ offset: 0.5, attempts: 0, reason: "NoSink" }] }),
  ]);
  assert.deepEqual([good.status, bad.status, worse.status], ["fulfilled", "rejected", "rejected"]);
  assert.deepEqual(await ids(journal), ["e0", "e1", "a"]);
});

test("a closed journal rejects, and what waits is rejected too", async () => {
  const journal = open(new TornDisk());
  const waiting = journal.append(STREAM, [eventOf("a")]);
  await journal[Symbol.asyncDispose]();
  assert.equal((await waiting).kind, "ok", "what was asked before is done");
  await assert.rejects(journal.append(STREAM, [eventOf("b")]), /closed/);
});

test("a host that is closed writes nothing more and tells late users so", async () => {
  const disk = new TornDisk();
  const opened = openHost({ disk, clock: new ManualClock(), folder: "/journal" });
  assert.ok(opened.kind === "ok");
  const { host } = opened;
  const reports: TurnReport[] = [];
  const connection = host.connect((report) => reports.push(report));
  await host[Symbol.asyncDispose]();
  connection.send([{ id: 1, request: { op: "append", ask: { stream: STREAM, events: [Uint8Array.of(1)] } } }]);
  host.turn();
  host.connect((report) => reports.push(report));
  assert.deepEqual(
    reports.map((report) => report.closed),
    [undefined, true, true],
  );
  assert.deepEqual(disk.list("/journal"), []);
});

test("a failed sync is final: all who wait are answered unavailable, then the log goes on without what was not synced", async () => {
  const clock = new ManualClock();
  let fails = false;
  const disk = new TornDisk({
    onCall: (call) => {
      if (fails && call.op === "sync") throw systemError("EIO", "fsync");
    },
  });
  await using journal = open(disk, clock);
  const healths: string[] = [];
  using _listening = journal.onHealth((health) => healths.push(health.state));
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 2);
  fails = true;
  const lost = await Promise.all([journal.append(STREAM, [eventOf("lost")]), journal.recordAttempt(CURSOR, { offset: 0, attempt: 1 })]);
  assert.deepEqual(
    lost.map((result) => result.kind),
    ["unavailable", "unavailable"],
  );
  assert.equal((await journal.append(STREAM, [eventOf("also")])).kind, "unavailable");
  assert.equal((await journal.read({ stream: STREAM, from: 0, limit: 1 })).kind, "unavailable");
  const patient = journal.cursor(CURSOR);
  fails = false;
  await clock.advance(1000);
  assert.equal((await patient)?.backlog, 2);
  await fill(journal, 1);
  assert.deepEqual(await ids(journal), ["e0", "e1", "e0"]);
  assert.deepEqual(healths, ["failed", "open"]);
});

test("acknowledgements that a failed writer took with it, or that came while there was none, are not forgotten", async () => {
  const clock = new ManualClock();
  let fails = false;
  const disk = new TornDisk({
    onCall: (call) => {
      if (fails && call.op === "sync") throw systemError("EIO", "fsync");
    },
  });
  await using journal = open(disk, clock);
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 4);
  fails = true;
  journal.acknowledge(CURSOR, [delivered(0)]);
  await clock.advance(60);
  assert.equal((await journal.append(STREAM, [eventOf("x")])).kind, "unavailable");
  journal.acknowledge(CURSOR, [delivered(2)]);
  await clock.advance(10);
  fails = false;
  await clock.advance(1000);
  assert.deepEqual(await ids(journal), ["e1", "e3"]);
  await clock.advance(50);
  await using after = open(disk.cut(() => 0.3, {}));
  assert.deepEqual(await ids(after), ["e1", "e3"], "and they are durable now");
});

test("before the disk is full appends are refused as full while settling goes on", async () => {
  const clock = new ManualClock();
  const disk = new TornDisk();
  await using journal = open(disk, clock);
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 2);
  disk.free = 999;
  await clock.advance(1000);
  const refused = await journal.append(STREAM, [eventOf("a")]);
  assert.ok(refused.kind === "full" && refused.retryAfterMs > 0 && /free/.test(refused.message));
  assert.equal((await journal.settle({ cursor: CURSOR, acknowledged: [delivered(0)] })).kind, "ok");
  assert.equal((await journal.health()).state, "full");
  disk.free = 1001;
  await clock.advance(1000);
  assert.equal((await journal.append(STREAM, [eventOf("a")])).kind, "ok");
});

test("a disk that is full in spite of its reserve answers full, and the log goes on when there is room", async () => {
  const clock = new ManualClock();
  let isFull = false;
  const disk = new TornDisk({
    onCall: (call) => {
      if (isFull && (call.op === "write" || call.op === "create")) throw systemError("ENOSPC", "write");
    },
  });
  await using journal = open(disk, clock);
  await fill(journal, 2);
  isFull = true;
  assert.equal((await journal.append(STREAM, [eventOf("a")])).kind, "full");
  assert.equal((await journal.append(STREAM, [eventOf("b")])).kind, "full");
  isFull = false;
  await clock.advance(1000);
  assert.deepEqual(await journal.append(STREAM, [eventOf("c")]), { kind: "ok", firstOffset: 2, receivedAtMs: clock.now() });
});

test("one id shows an event's whole life", async () => {
  const clock = new ManualClock(1000);
  await using journal = open(new TornDisk(), clock);
  const other = { stream: STREAM, reader: "other" };
  for (const cursor of [CURSOR, other]) await journal.createCursor({ cursor, at: "head" });
  await fill(journal, 30);
  await journal.recordAttempt(CURSOR, { offset: 4, attempt: 1 });
  await journal.recordAttempt(CURSOR, { offset: 4, attempt: 1, nextAtMs: 2000, status: 503, note: "busy" });
  journal.acknowledge(other, [{ outcome: "filtered", from: 0, to: 20 }]);
  await journal.settle({ cursor: CURSOR, parked: [{ reason: "NoSink", offset: 4, attempts: 2, status: 503 }] });
  await fill(journal, 30);
  await journal.resolveParked([1], "redriven");
  const [first, ...more] = await journal.history({ id: "e4" }, AbortSignal.timeout(5000));
  assert.ok(first !== undefined && first.event.offset === 4 && more.length === 1, "the second life of the id is another event");
  assert.deepEqual(first.entries, [
    { reader: CURSOR.reader, atMs: 1000, kind: "attempt", attempt: 1 },
    { reader: CURSOR.reader, atMs: 1000, kind: "attempt", attempt: 1, nextAtMs: 2000, status: 503, note: "busy" },
    { reader: CURSOR.reader, atMs: 1000, kind: "parked", id: 1, reason: "NoSink", status: 503 },
    { reader: "other", atMs: 1000, kind: "settled", outcome: "filtered" },
    { reader: "", atMs: 1000, kind: "resolved", id: 1, outcome: "redriven" },
  ]);
  assert.deepEqual(await journal.history({ id: "e4", source: "/elsewhere" }, AbortSignal.timeout(5000)), []);
});
