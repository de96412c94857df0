import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MalformedBytes } from "./bytes.ts";
import { decodeRecords, encodeRecords, type LogRecord } from "./records.ts";

const RECORDS: readonly LogRecord[] = [
  { type: "stream", stream: 1, id: "0b6c7e1a-uid" },
  { type: "stream-removed", stream: 1, purge: true },
  { type: "events", stream: 2, firstOffset: 2 ** 40, atMs: 1_767_225_600_000.25, events: [Uint8Array.of(1, 2), Uint8Array.of()] },
  {
    type: "cursor",
    cursor: 3,
    stream: 2,
    reader: "trigger-uid",
    floor: 0,
    until: undefined,
    backlogLimit: 100_000,
    description: { namespace: "default", trigger: "orders" },
  },
  { type: "cursor", cursor: 4, stream: 2, reader: "replay", floor: 9, until: 12, backlogLimit: 1, description: {} },
  { type: "cursor-removed", cursor: 3, purge: false },
  {
    type: "acknowledged",
    cursor: 3,
    atMs: 5,
    acknowledged: [
      { outcome: "filtered", from: 0, to: 900 },
      { outcome: "delivered", offset: 900, status: 202, attempt: 1, durationMs: 12 },
      { outcome: "dead-lettered", offset: 901, note: "to http://sink" },
      { outcome: "discarded", offset: 902 },
    ],
  },
  { type: "attempt", cursor: 3, atMs: 6, offset: 903, attempt: 2, nextAtMs: -5.5, status: 503, note: "later" },
  { type: "attempt", cursor: 3, atMs: 6, offset: 904, attempt: 1, nextAtMs: undefined, status: undefined, note: "" },
  {
    type: "parked",
    cursor: 3,
    firstId: 10,
    atMs: 7,
    attempts: 11,
    failure: { reason: "SinkFailed", status: 500, destination: "http://sink", message: "no" },
    offsets: [
      [5, 9],
      [12, 13],
    ],
  },
  { type: "parked-copy", id: 16, editOf: 11, atMs: 8, receivedAtMs: 4, event: Uint8Array.of(9) },
  { type: "parked-note", id: 16, atMs: 9, failure: { reason: "SinkFailed" } },
  { type: "parked-resolved", ids: [[10, 12]], outcome: "redriven", atMs: 10 },
  { type: "released", segment: 4 },
];

test("every record survives encoding, alone and in one frame", () => {
  for (const record of RECORDS) assert.deepEqual(decodeRecords(encodeRecords([record])), [record]);
  assert.deepEqual(decodeRecords(encodeRecords(RECORDS)), RECORDS);
});

test("a frame that ends too early is malformed, wherever it ends within a record", () => {
  for (const record of RECORDS) {
    const whole = encodeRecords([record]);
    for (let length = 1; length < whole.length; length++) {
      assert.throws(() => decodeRecords(whole.subarray(0, length)), MalformedBytes, `${record.type} of ${length} bytes`);
    }
  }
});

test("bytes that are no records are malformed, whatever they are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeRecords(bytes);
      } catch (error) {
        assert.ok(error instanceof MalformedBytes, String(error));
      }
    }),
  );
});

test("texts for people are cut to 1024 letters and never in the middle of one", () => {
  const note = "\u{1f600}".repeat(600);
  const [record] = decodeRecords(encodeRecords([{ type: "parked-note", id: 1, atMs: 0, failure: { reason: "x", message: `.${note}` } }]));
  assert.ok(record?.type === "parked-note");
  assert.equal(record.failure.message, `.${note.slice(0, 1022)}`);
});
