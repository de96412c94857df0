import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../testing/clock.ts";
import { TornDisk } from "../../testing/torn-disk.ts";
import type { CursorKey, Journal, JournalLimits } from "./contract.ts";
import { eventOf, idOf } from "./fixtures/events.ts";
import { openJournal } from "./journal.ts";
import type { LogRecord } from "./records.ts";
import { parkedBySegment, parkedIn } from "./retention.ts";
import { JournalState } from "./state.ts";

const LIMITS = { segmentBytes: 2048, eventBytes: 1000, batchBytes: 1500, reserveBytes: 0, retentionMs: 5_000, retentionBytes: 1 << 20 };
const STREAM = "broker-uid";
const CURSOR: CursorKey = { stream: STREAM, reader: "trigger-uid" };

function opened(disk: TornDisk, clock: ManualClock, limits: Partial<JournalLimits> = {}): Journal {
  const result = openJournal({ disk, clock, folder: "/journal", limits: { ...LIMITS, ...limits } });
  assert.ok(result.kind === "ok", JSON.stringify(result));
  return result.journal;
}

async function fill(journal: Journal, count: number, stream = STREAM): Promise<void> {
  for (let index = 0; index < count; index++) await journal.append(stream, [eventOf(`e${index}`, 300)]);
}

async function oldest(journal: Journal, stream = STREAM): Promise<number> {
  return (await journal.streams()).find((one) => one.stream === stream)?.oldest ?? -1;
}

const segmentCount = (disk: TornDisk) => disk.list("/journal").filter((name) => name.startsWith("segment")).length;
const settledTo = (to: number) => [{ outcome: "filtered", from: 0, to }] as const;

test("what every cursor has settled goes when it is old, and nothing else", async () => {
  const [disk, clock] = [new TornDisk(), new ManualClock()];
  await using journal = opened(disk, clock);
  const slow = { stream: STREAM, reader: "slow" };
  for (const cursor of [CURSOR, slow]) await journal.createCursor({ cursor, at: "head" });
  await fill(journal, 30);
  journal.acknowledge(CURSOR, settledTo(30));
  journal.acknowledge(slow, settledTo(12));
  await clock.advance(4_000);
  assert.equal(await oldest(journal), 0, "it is not old enough");
  await clock.advance(5_000);
  const kept = await oldest(journal);
  assert.ok(kept > 5 && kept <= 12, `oldest is ${kept}`);
  const read = await journal.readCursor(slow, { from: 0, limit: 100 });
  assert.ok(read.kind === "ok" && read.events[0]?.offset === 12 && read.events.length === 18);
  journal.acknowledge(slow, settledTo(30));
  await clock.advance(10_000);
  assert.deepEqual([await oldest(journal), segmentCount(disk)], [30, 0]);
  await fill(journal, 1);
  const { head } = (await journal.streams())[0] ?? {};
  assert.equal(head, 31, "an empty log still knows the head");
});

test("what every cursor has settled goes when there is too much of it, however young", async () => {
  const [disk, clock] = [new TornDisk(), new ManualClock()];
  await using journal = opened(disk, clock, { retentionMs: 1e9, retentionBytes: 6000 });
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 60);
  await clock.advance(3_000);
  assert.equal(await oldest(journal), 0, "a cursor needs it");
  journal.acknowledge(CURSOR, settledTo(60));
  await clock.advance(3_000);
  const { bytes } = await journal.health();
  assert.ok(bytes <= 6000 && bytes > 2000, `${bytes} bytes are kept`);
});

test("another stream's slow cursor holds only its own events' segments back", async () => {
  const [disk, clock] = [new TornDisk(), new ManualClock()];
  await using journal = opened(disk, clock);
  await journal.createCursor({ cursor: { stream: "slow", reader: "s" }, at: "head" });
  await fill(journal, 5, "slow");
  await fill(journal, 60);
  await clock.advance(20_000);
  assert.equal(await oldest(journal, "slow"), 0);
  assert.ok(segmentCount(disk) <= 2, `${segmentCount(disk)} segments are kept`);
});

test("parked items never expire: few are copied out of an old segment, many keep it", async () => {
  const [disk, clock] = [new TornDisk(), new ManualClock()];
  {
    await using journal = opened(disk, clock);
    await journal.createCursor({ cursor: CURSOR, at: "head" });
    await fill(journal, 30);
    const parked = [2, 20, 21, 22, 23, 24, 25, 26].map((offset) => ({ offset, reason: "NoSink", attempts: 1 }));
    await journal.settle({ cursor: CURSOR, parked, acknowledged: settledTo(30) });
    for (let days = 0; days < 5; days++) await clock.advance(86_400_000 / 4000);
    assert.ok(segmentCount(disk) >= 1 && segmentCount(disk) <= 4, `${segmentCount(disk)} segments`);
  }
  await using journal = opened(disk, clock);
  const items = await journal.listParked();
  const reads = await Promise.all(items.map((item) => journal.getParked(item.id)));
  assert.deepEqual(
    reads.map((read) => read.kind === "ok" && idOf(read.event)),
    ["e2", "e20", "e21", "e22", "e23", "e24", "e25", "e26"],
  );
  await journal.resolveParked(
    items.map((item) => item.id),
    "purged",
  );
  for (let round = 0; round < 5; round++) await clock.advance(6_000);
  assert.equal(segmentCount(disk), 0, "once resolved they hold nothing back");
});

test("how many parked items need a segment is counted without looking at each", () => {
  const range = fc
    .tuple(fc.nat(40), fc.integer({ min: 1, max: 6 }))
    .map(([from, length]): [number, number] => [from, Math.min(48, from + length)]);
  const step = fc.oneof(
    range.map((offsets) => ({ kind: "park", offsets }) as const),
    range.map((ids) => ({ kind: "resolve", ids }) as const),
    fc.record({ kind: fc.constant("copy" as const), id: fc.integer({ min: 1, max: 30 }), edit: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const state = new JournalState();
      const at = (segment: number) => ({ segment, position: 64 });
      state.apply({ type: "stream", stream: 1, id: "s" }, at(1));
      for (let index = 0; index < 6; index++) {
        const events = Array.from({ length: 8 }, () => Uint8Array.of(1));
        state.apply({ type: "events", stream: 1, firstOffset: index * 8, atMs: 1, events }, at(index + 1));
      }
      const cursor = { stream: 1, reader: "r", floor: 0, until: undefined, backlogLimit: 1, description: {} };
      state.apply({ type: "cursor", cursor: 1, ...cursor }, at(1));
      for (const one of steps) state.apply(recordOf(one, state), at(9));
      const counts = parkedBySegment(state);
      for (const info of state.segments.values()) assert.equal(counts.get(info.segment) ?? 0, parkedIn(state, info).length);
    }),
  );
});

type ParkedStep =
  | { readonly kind: "park"; readonly offsets: [number, number] }
  | { readonly kind: "resolve"; readonly ids: [number, number] }
  | { readonly kind: "copy"; readonly id: number; readonly edit: boolean };

function recordOf(step: ParkedStep, state: JournalState): LogRecord {
  const { nextId } = state.parked;
  if (step.kind === "park") {
    return { type: "parked", cursor: 1, firstId: nextId, atMs: 1, attempts: 1, failure: { reason: "x" }, offsets: [step.offsets] };
  }
  if (step.kind === "resolve") return { type: "parked-resolved", ids: [step.ids], outcome: "purged", atMs: 1 };
  const more = { atMs: 1, receivedAtMs: 1, event: Uint8Array.of() };
  return { type: "parked-copy", id: step.edit ? nextId : step.id, editOf: step.edit ? step.id : undefined, ...more };
}

test("a replay that has reached its end holds nothing back", async () => {
  const [disk, clock] = [new TornDisk(), new ManualClock()];
  await using journal = opened(disk, clock);
  await fill(journal, 30);
  const replay = { stream: STREAM, reader: "replay" };
  await journal.createCursor({ cursor: replay, at: "oldest", until: 3 });
  await clock.advance(10_000);
  assert.equal(await oldest(journal), 0);
  journal.acknowledge(replay, settledTo(3));
  await clock.advance(10_000);
  assert.equal(await oldest(journal), 30);
});

test("a quarantined segment stays until a person releases it", async () => {
  const [disk, clock] = [new TornDisk(), new ManualClock()];
  await using journal = opened(disk, clock);
  await fill(journal, 30);
  disk.damage("/journal/segment-0000000002.log", (bytes) => bytes.fill(0, 500, 520));
  assert.equal((await journal.read({ stream: STREAM, from: 0, limit: 100 })).kind, "quarantined");
  await clock.advance(10_000);
  assert.ok(disk.list("/journal").includes("segment-0000000002.log"));
  await journal.releaseQuarantine(2);
  await clock.advance(10_000);
  assert.equal(segmentCount(disk), 0);
});

test("an idle journal writes no snapshots", async () => {
  const [disk, clock] = [new TornDisk(), new ManualClock()];
  await using journal = opened(disk, clock);
  await journal.createCursor({ cursor: CURSOR, at: "head" });
  await fill(journal, 3);
  await journal.settle({ cursor: CURSOR, parked: [0, 1, 2].map((offset) => ({ offset, reason: "NoSink", attempts: 1 })) });
  await clock.advance(20_000);
  const before = disk.list("/journal");
  await clock.advance(60_000);
  assert.deepEqual(disk.list("/journal"), before);
});

test("a cursor over its backlog limit is named by health, and parking its oldest events ends that", async () => {
  const [disk, clock] = [new TornDisk(), new ManualClock()];
  await using journal = opened(disk, clock);
  const told: number[] = [];
  using _listening = journal.onHealth((health) => told.push(health.overBacklog[0]?.backlog ?? 0));
  await journal.createCursor({ cursor: CURSOR, at: "head", backlogLimit: 10 });
  await fill(journal, 14);
  await clock.advance(2_000);
  assert.deepEqual(told, [14, 14], "it is told again as long as it is so");
  const parked = [0, 1, 2, 3].map((offset) => ({ offset, reason: "BacklogExceeded", attempts: 0 }));
  await journal.settle({ cursor: CURSOR, parked });
  await clock.advance(1_000);
  assert.deepEqual([told, (await journal.cursor(CURSOR))?.backlog], [[14, 14, 0], 10]);
});
