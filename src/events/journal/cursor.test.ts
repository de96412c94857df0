import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Cursor } from "./cursor.ts";

const cursorAt = (floor: number, until?: number) =>
  new Cursor({ number: 1, stream: 1, reader: "r" }, { until, backlogLimit: 1, description: {} }, floor);
const settlements = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 6 })), { maxLength: 30 });

test("floor, backlog and what may be read follow from the set of settled offsets", () => {
  fc.assert(
    fc.property(settlements, fc.nat(10), fc.integer({ min: 1, max: 10 }), (steps, start, maxInFlight) => {
      const cursor = cursorAt(start);
      const settled = new Set<number>();
      for (const [from, length] of steps) {
        cursor.settle(from, from + length);
        for (let offset = from; offset < from + length; offset++) settled.add(offset);
      }
      const isSettled = (offset: number) => offset < start || settled.has(offset);
      const unsettled = Array.from({ length: 100 }, (_, offset) => offset).filter((offset) => !isSettled(offset));
      assert.equal(cursor.floor, unsettled[0]);
      assert.equal(cursor.backlog(60), unsettled.filter((offset) => offset < 60).length);
      for (let offset = 0; offset < 60; offset++) assert.equal(cursor.isSettled(offset), isSettled(offset));
      const until = cursor.readableUntil(maxInFlight);
      assert.equal(unsettled.filter((offset) => offset < until).length, maxInFlight);
    }),
  );
});

test("the backlog of a replay ends where the replay does", () => {
  const replay = cursorAt(2, 10);
  assert.deepEqual([replay.backlog(6), replay.backlog(50)], [4, 8]);
  replay.settle(2, 10);
  assert.equal(replay.backlog(50), 0);
});

test("attempts of settled events are forgotten", () => {
  const cursor = cursorAt(0);
  for (const offset of [0, 5, 9]) cursor.attempts.set(offset, { attempts: 1, nextAtMs: undefined });
  cursor.settle(5);
  assert.deepEqual([...cursor.attempts.keys()], [0, 9]);
  cursor.settle(0, 10);
  assert.equal(cursor.attempts.size, 0);
});
