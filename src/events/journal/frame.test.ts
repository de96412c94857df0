import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeHeader, encodeFrame, encodeHeader, frameAt, frameBytes, HEADER_BYTES } from "./frame.ts";
import { scanSegment } from "./scan.ts";

const SEGMENT = 7;

/** A segment of frames; each turn is synced before the next is written. */
function segmentOf(turns: readonly (readonly Uint8Array[])[], length: number = 8192): { bytes: Buffer; starts: number[]; end: number } {
  const bytes = Buffer.alloc(length);
  bytes.set(encodeHeader({ segment: SEGMENT, previous: 6, previousEnd: 100, createdAtMs: 1.5 }));
  const starts: number[] = [];
  let position = HEADER_BYTES;
  let durable = 0;
  for (const turn of turns) {
    for (const payload of turn) {
      const [header, padding] = encodeFrame(payload, { segment: SEGMENT, position }, durable);
      bytes.set(Buffer.concat([header, payload, padding]), position);
      starts.push(position);
      position += frameBytes(payload.length);
    }
    durable = position;
  }
  return { bytes, starts, end: position };
}

const turns = fc.array(fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
const text = (payload: Uint8Array) => Buffer.from(payload).toString("hex");

test("what is written as frames is read as frames", () => {
  fc.assert(
    fc.property(turns, (written) => {
      const { bytes, end } = segmentOf(written);
      const scan = scanSegment(bytes, SEGMENT);
      assert.deepEqual(
        scan.frames.map((frame) => text(frame.payload)),
        written.flat().map(text),
      );
      assert.deepEqual([scan.end, scan.damage], [end, []]);
      assert.deepEqual(scanSegment(bytes, SEGMENT + 1).frames, [], "another segment's frames were taken for its own");
    }),
  );
});

test("a header survives encoding and any changed bit of it is noticed", () => {
  const header = { segment: 4_000_000_000, previous: 3, previousEnd: 9_000_000, createdAtMs: 1_767_225_600_123 };
  const bytes = encodeHeader(header);
  assert.deepEqual(decodeHeader(bytes), { ...header, version: 1 });
  for (let bit = 0; bit < 36 * 8; bit++) {
    const changed = Uint8Array.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(decodeHeader(changed), undefined, `bit ${bit}`);
  }
});

test("any changed bit of a frame is noticed", () => {
  const { bytes, end } = segmentOf([[Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)]]);
  for (let bit = HEADER_BYTES * 8; bit < end * 8; bit++) {
    if (bit >> 3 === HEADER_BYTES + 3) continue; // reserved
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(frameAt(changed, { segment: SEGMENT, position: HEADER_BYTES }), undefined, `bit ${bit}`);
  }
});

test("a tail that tears, in any order of its bytes, is cut at the last good frame and is no damage", () => {
  fc.assert(
    fc.property(turns, fc.infiniteStream(fc.boolean()), (written, survives) => {
      const synced = segmentOf(written.slice(0, -1)).end;
      const { bytes } = segmentOf(written);
      for (let at = synced; at < bytes.length; at += 8) if (!(survives.next().value ?? false)) bytes.fill(0, at, at + 8);
      const scan = scanSegment(bytes, SEGMENT);
      assert.deepEqual(scan.damage, []);
      const synchronous = written.slice(0, -1).flat();
      assert.deepEqual(
        scan.frames.slice(0, synchronous.length).map((frame) => text(frame.payload)),
        synchronous.map(text),
      );
      assert.deepEqual(
        scan.frames.map((frame) => text(frame.payload)),
        written.flat().map(text).slice(0, scan.frames.length),
      );
    }),
  );
});

test("a bad frame with a later one that knew it to be synced is damage, and the frames behind it are read", () => {
  const payloads = ["a", "b", "c", "d"].map((letter) => Buffer.from(letter.repeat(20)));
  const { bytes, starts, end } = segmentOf(payloads.map((payload) => [payload]));
  const [, second = 0, third = 0] = starts;
  bytes[second + 20] = 0;
  const scan = scanSegment(bytes, SEGMENT);
  assert.deepEqual(
    scan.frames.map((frame) => String(frame.payload)[0]),
    ["a", "c", "d"],
  );
  assert.deepEqual([scan.damage, scan.end], [[{ from: second, to: third }], end]);
});

test("what stands behind the declared end is not read, and what is missing before it is damage", () => {
  const { bytes, starts, end } = segmentOf([[Buffer.from("a")], [Buffer.from("b")], [Buffer.from("c")]]);
  const [, , third = 0] = starts;
  assert.deepEqual([scanSegment(bytes, SEGMENT, third).frames.length, scanSegment(bytes, SEGMENT, third).end], [2, third]);
  bytes.fill(0, third);
  assert.deepEqual(scanSegment(bytes, SEGMENT, end).damage, [{ from: third, to: end }]);
});
