import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { ManualClock } from "../../testing/clock.ts";
import { systemError, TornDisk } from "../../testing/torn-disk.ts";
import type { CursorKey, Journal, JournalLimits } from "./contract.ts";
import { eventOf, idOf } from "./fixtures/events.ts";
import { FORMAT_VERSION, HEADER_BYTES } from "./frame.ts";
import { openJournal } from "./journal.ts";

const LIMITS = { segmentBytes: 2048, eventBytes: 1000, batchBytes: 1500, reserveBytes: 0 };
const STREAM = "broker-uid";
const CURSOR: CursorKey = { stream: STREAM, reader: "trigger-uid" };

function open(disk: TornDisk, limits: Partial<JournalLimits> = {}, clock = new ManualClock()) {
  return openJournal({ disk, clock, folder: "/journal", limits: { ...LIMITS, ...limits } });
}

function opened(disk: TornDisk, limits: Partial<JournalLimits> = {}, clock = new ManualClock()): Journal {
  const result = open(disk, limits, clock);
  assert.ok(result.kind === "ok", JSON.stringify(result));
  return result.journal;
}

/** Some sealed segments of five events each, with a cursor that has settled nothing. */
async function filled(count = 30): Promise<TornDisk> {
  const disk = new TornDisk();
  await using journal = opened(disk);
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  for (let index = 0; index < count; index++) await journal.append(STREAM, [eventOf(`e${index}`, 300)]);
  return disk;
}

const segment = (number: number) => `/journal/segment-${String(number).padStart(10, "0")}.log`;
const snapshots = (disk: TornDisk) => disk.list("/journal").filter((name) => name.startsWith("snapshot"));

async function readAll(journal: Journal, from = 0) {
  const read = await journal.read({ stream: STREAM, from, limit: 1000 });
  return { kind: read.kind, ids: "events" in read ? read.events.map(idOf) : [], gap: "gap" in read ? read.gap : undefined };
}

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `e${from + index}`);

test("a damaged frame stops every read before it until a person releases the segment; new events are taken all the while", async () => {
  const disk = await filled();
  disk.damage(segment(2), (bytes) => bytes.fill(0, HEADER_BYTES + 400, HEADER_BYTES + 420));
  await using journal = opened(disk);
  const first = await readAll(journal);
  assert.equal(first.kind, "quarantined");
  const { from = 0, to = 0 } = first.gap ?? {};
  assert.deepEqual([first.gap?.segment, first.ids, to - from], [2, names(0, from), 1]);
  const cursor = await journal.readCursor(CURSOR, { from: 0, limit: 100 });
  assert.deepEqual([cursor.kind, "gap" in cursor && cursor.gap], ["quarantined", first.gap]);
  assert.deepEqual((await readAll(journal, to)).ids, names(to, 30), "what is behind can be read by who asks for it");
  const { quarantined } = await journal.health();
  assert.deepEqual(
    quarantined.map((one) => [one.segment, one.path, one.released]),
    [[2, segment(2), false]],
  );
  assert.equal((await journal.append(STREAM, [eventOf("e30")])).kind, "ok");
  await journal.releaseQuarantine(2);
  assert.deepEqual((await readAll(journal)).ids, [...names(0, from), ...names(to, 31)]);
});

test("a quarantine and its release survive restarts, also without a snapshot", async () => {
  const disk = await filled();
  for (const name of snapshots(disk)) disk.remove(`/journal/${name}`);
  disk.damage(segment(3), (bytes) => bytes.fill(7, 1000, 1001));
  {
    await using journal = opened(disk);
    assert.equal((await readAll(journal)).kind, "quarantined");
  }
  {
    await using journal = opened(disk);
    assert.equal((await readAll(journal)).kind, "quarantined");
    await journal.releaseQuarantine(3);
  }
  await using journal = opened(disk);
  assert.equal((await readAll(journal)).kind, "ok");
  assert.equal((await journal.health()).quarantined[0]?.released, true);
});

test("a segment whose file is gone is quarantined and not passed over", async () => {
  for (const hasSnapshot of [true, false]) {
    const disk = await filled();
    if (!hasSnapshot) for (const name of snapshots(disk)) disk.remove(`/journal/${name}`);
    disk.remove(segment(3));
    await using journal = opened(disk);
    const read = await readAll(journal);
    assert.deepEqual([read.kind, read.gap?.segment], ["quarantined", 3], `snapshot: ${hasSnapshot}`);
  }
});

test("a segment whose header is damaged is read all the same, and quarantined", async () => {
  const disk = await filled();
  for (const name of snapshots(disk)) disk.remove(`/journal/${name}`);
  disk.damage(segment(2), (bytes) => bytes.fill(0, 0, 8));
  await using journal = opened(disk);
  assert.deepEqual((await readAll(journal)).ids, names(0, 30));
  assert.deepEqual(
    (await journal.health()).quarantined.map((one) => one.segment),
    [2],
  );
});

test("offsets whose events are unreadable at the end of the log are not given again", async () => {
  const disk = await filled(10);
  for (const name of snapshots(disk)) disk.remove(`/journal/${name}`);
  const last = Math.max(...disk.list("/journal").map((name) => Number(/^segment-(\d+)/.exec(name)?.[1] ?? 0)));
  {
    await using journal = opened(disk);
    await journal.append("other", [eventOf("x")]);
  }
  for (const name of snapshots(disk)) disk.remove(`/journal/${name}`);
  disk.damage(segment(last), (bytes) => bytes.fill(0, HEADER_BYTES));
  await using journal = opened(disk);
  const appended = await journal.append(STREAM, [eventOf("new")]);
  assert.ok(appended.kind === "ok" && appended.firstOffset >= 10, JSON.stringify(appended));
  assert.equal((await readAll(journal)).kind, "quarantined");
});

test("damage that is found while reading is quarantined there and then", async () => {
  const disk = await filled();
  await using journal = opened(disk);
  disk.damage(segment(2), (bytes) => bytes.fill(0, HEADER_BYTES + 400, HEADER_BYTES + 420));
  assert.equal((await readAll(journal)).kind, "quarantined");
  assert.deepEqual(
    (await journal.health()).quarantined.map((one) => one.segment),
    [2],
  );
});

test("a segment that the disk cannot read does not end the writer", async () => {
  const disk = new TornDisk({
    onCall: (call) => {
      if (isBroken && call.op === "read" && call.path === segment(2)) throw systemError("EIO", "read");
    },
  });
  let isBroken = false;
  await using journal = opened(disk);
  for (let index = 0; index < 20; index++) await journal.append(STREAM, [eventOf(`e${index}`, 300)]);
  isBroken = true;
  assert.equal((await readAll(journal)).kind, "quarantined");
  assert.equal((await journal.append(STREAM, [eventOf("more")])).kind, "ok");
  isBroken = false;
  await journal.releaseQuarantine(2);
  assert.deepEqual((await readAll(journal)).ids, [...names(0, 20), "more"], "a release brings back what can be read again");
});

test("a snapshot that cannot be read costs nothing but time", async () => {
  const disk = await filled(60);
  {
    await using journal = opened(disk);
    journal.acknowledge(CURSOR, [{ outcome: "filtered", from: 0, to: 55 }]);
  }
  const newest = snapshots(disk).at(-1) ?? "";
  disk.damage(`/journal/${newest}`, (bytes) => bytes.fill(0, 20, 30));
  await using journal = opened(disk);
  assert.equal((await journal.cursor(CURSOR))?.floor, 55);
  assert.deepEqual((await readAll(journal, 55)).ids, names(55, 60));
  assert.deepEqual((await journal.health()).quarantined, []);
});

test("a log or a snapshot of a later version is refused, an earlier one is read", async () => {
  const disk = await filled();
  disk.damage(`/journal/${snapshots(disk).at(-1)}`, (bytes) => {
    bytes.writeUInt16LE(FORMAT_VERSION + 1, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(16), crc32(bytes.subarray(0, 12))), 12);
  });
  assert.equal(open(disk).kind, "newer");
  const other = await filled();
  for (const name of snapshots(other)) other.remove(`/journal/${name}`);
  const headerVersion = (version: number) => (bytes: Buffer) => {
    bytes.writeUInt16LE(version, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 32)), 32);
  };
  other.damage(segment(2), headerVersion(FORMAT_VERSION + 1));
  const refused = open(other);
  assert.ok(refused.kind === "newer" && /later version/.test(refused.message));
  const older = await filled();
  for (const name of snapshots(older)) older.remove(`/journal/${name}`);
  older.damage(segment(2), headerVersion(FORMAT_VERSION - 1));
  await using journal = opened(older);
  assert.deepEqual((await readAll(journal)).ids, names(0, 30));
});

test("what a failed sync left on the disk's mind is written again before anybody is told of it", async () => {
  let fails = false;
  const disk = new TornDisk({
    onCall: (call) => {
      if (fails && call.op === "sync") throw systemError("EIO", "fsync");
    },
  });
  const first = opened(disk);
  await first.append(STREAM, [eventOf("e0")]);
  fails = true;
  assert.equal((await first.append(STREAM, [eventOf("e1")])).kind, "unavailable");
  // The process dies: the system shows e1 to the next one, believes it to be written, and it is not.
  fails = false;
  const lock = disk.lock.bind(disk);
  disk.lock = () => lock() ?? { [Symbol.dispose]() {} };
  const second = opened(disk);
  const told = await readAll(second);
  const after = opened(disk.cut(() => 0.3, {}));
  assert.deepEqual((await readAll(after)).ids, told.ids);
  assert.deepEqual((await after.health()).quarantined, []);
});

test("a clean start reads the snapshot and no segment", async () => {
  const disk = await filled(60);
  const read: string[] = [];
  const counting = disk.cut(() => 0, { onCall: (call) => void (call.op === "read" && read.push(call.path)) });
  const _journal = opened(counting);
  assert.deepEqual(
    read.filter((path) => path.includes("segment")),
    [],
  );
});
