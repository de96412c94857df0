import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LogRecord } from "./records.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshot.ts";
import { JournalState } from "./state.ts";

const small = fc.integer({ min: 1, max: 3 });
const offset = fc.nat(30);
const range = fc.tuple(offset, fc.integer({ min: 1, max: 5 })).map(([from, length]): [number, number] => [from, from + length]);
const failure = fc.record({ reason: fc.constantFrom("NoSink", "Loop") }, { noNullPrototype: true });

const record: fc.Arbitrary<LogRecord> = fc.oneof(
  small.map((stream) => ({ type: "stream", stream, id: `stream-${stream}` }) as const),
  fc
    .record({ stream: small, count: fc.nat(3) })
    .map(
      ({ stream, count }) => ({ type: "events", stream, firstOffset: 0, atMs: 5, events: Array(count).fill(Uint8Array.of(1)) }) as const,
    ),
  fc
    .record({ cursor: small, stream: small, floor: offset, until: fc.option(offset, { nil: undefined }) })
    .map((more) => ({ type: "cursor", reader: `reader-${more.cursor}`, backlogLimit: 9, description: { trigger: "t" }, ...more }) as const),
  range.chain(([from, to]) =>
    small.map((cursor) => ({ type: "acknowledged", cursor, atMs: 1, acknowledged: [{ outcome: "filtered", from, to }] }) as const),
  ),
  fc
    .record({ cursor: small, offset, attempt: small })
    .map((more) => ({ type: "attempt", atMs: 1, nextAtMs: 7.5, status: 503, note: "", ...more }) as const),
  fc
    .record({ cursor: small, offsets: range, failure })
    .map(({ offsets, ...more }) => ({ type: "parked", firstId: 0, atMs: 2, attempts: 3, offsets: [offsets], ...more }) as const),
  fc.record({ id: fc.integer({ min: 1, max: 20 }), failure }).map((more) => ({ type: "parked-note", atMs: 3, ...more }) as const),
  fc
    .integer({ min: 1, max: 20 })
    .map((editOf) => ({ type: "parked-copy", id: 0, editOf, atMs: 4, receivedAtMs: 1, event: Uint8Array.of() }) as const),
  fc.integer({ min: 1, max: 20 }).map((id) => ({ type: "parked-resolved", ids: [[id, id + 2]], outcome: "purged", atMs: 4 }) as const),
  fc.record({ cursor: small, purge: fc.boolean() }).map((more) => ({ type: "cursor-removed", ...more }) as const),
  fc.record({ stream: small, purge: fc.boolean() }).map((more) => ({ type: "stream-removed", ...more }) as const),
);

/** Gives records the offsets and ids that a journal would. */
function apply(state: JournalState, one: LogRecord, place: { segment: number; position: number }): void {
  if (one.type === "events") state.apply({ ...one, firstOffset: state.streams.get(one.stream)?.head ?? 0 }, place);
  else if (one.type === "parked") state.apply({ ...one, firstId: state.parked.nextId }, place);
  else if (one.type === "parked-copy") state.apply({ ...one, id: state.parked.nextId }, place);
  else state.apply(one, place);
}

const placeOf = (index: number) => ({ segment: 1 + (index >> 2), position: 64 + (index & 3) * 32 });
const BASE = 1000;
const text = (state: JournalState) => Buffer.from(encodeSnapshot({ base: BASE, state })).toString("hex");

test("a state that went through a snapshot at any point is the same as one that did not", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), fc.nat(40), (records, cut) => {
      const whole = new JournalState();
      for (const [index, one] of records.entries()) apply(whole, one, placeOf(index));
      const first = new JournalState();
      for (const [index, one] of records.slice(0, cut).entries()) apply(first, one, placeOf(index));
      const read = decodeSnapshot(encodeSnapshot({ base: BASE, state: first }));
      assert.ok(read.kind === "ok");
      const second = read.snapshot.state;
      for (const [index, one] of records.slice(cut).entries()) apply(second, one, placeOf(index + Math.min(cut, records.length)));
      assert.equal(text(second), text(whole));
    }),
    { numRuns: 300 },
  );
});

test("a snapshot with any changed bit is not believed", () => {
  const state = new JournalState();
  apply(state, { type: "stream", stream: 1, id: "s" }, placeOf(0));
  const bytes = encodeSnapshot({ base: 3, state });
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Uint8Array.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(decodeSnapshot(changed).kind, "broken", `bit ${bit}`);
  }
});

test("a million parked neighbours cost a few numbers", () => {
  const state = new JournalState();
  apply(state, { type: "stream", stream: 1, id: "s" }, placeOf(0));
  const cursor = { cursor: 1, stream: 1, reader: "r", floor: 0, until: undefined, backlogLimit: 1, description: {} };
  apply(state, { type: "cursor", ...cursor }, placeOf(1));
  for (let from = 0; from < 1_000_000; from += 1000) {
    const offsets = [[from, from + 1000]] as const;
    apply(
      state,
      { type: "parked", cursor: 1, firstId: 0, atMs: 1, attempts: 0, failure: { reason: "BacklogExceeded" }, offsets },
      placeOf(2),
    );
  }
  assert.equal(state.parked.count(1), 1_000_000);
  assert.equal(state.parked.find(654_321)?.offset, 654_320);
  assert.ok(encodeSnapshot({ base: 2, state }).length < 100_000);
});
