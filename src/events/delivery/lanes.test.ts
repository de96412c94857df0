import assert from "node:assert/strict";
import { test } from "node:test";
import { Lanes } from "./lanes.ts";
import type { Pending } from "./pending.ts";

const pending = (offset: number, key = ""): Pending => ({
  offset,
  key,
  event: undefined,
  attempts: 0,
  state: "queued",
  deadLetterTries: 0,
});

function takeAll(lanes: Lanes): number[] {
  const taken: number[] = [];
  for (let next = lanes.take(); next !== undefined; next = lanes.take()) taken.push(next.offset);
  return taken;
}

test("lanes: unordered, everybody may be tried", () => {
  const lanes = new Lanes(false);
  for (const offset of [0, 1, 2]) lanes.add(pending(offset, "a"));
  assert.deepEqual(takeAll(lanes), [0, 1, 2]);
});

test("lanes: ordered, the oldest of each key; a key that is tried again blocks only itself", () => {
  const lanes = new Lanes(true);
  const [a0, b1, a2] = [pending(0, "a"), pending(1, "b"), pending(2, "a")];
  for (const one of [a0, b1, a2]) lanes.add(one);
  assert.deepEqual(takeAll(lanes), [0, 1]);
  lanes.settled(b1);
  assert.deepEqual(takeAll(lanes), []);
  lanes.requeue(a0);
  assert.deepEqual(takeAll(lanes), [0]);
  lanes.settled(a0);
  assert.deepEqual(takeAll(lanes), [2]);
});

test("lanes: a halted key waits until it is resumed", () => {
  const lanes = new Lanes(true);
  const [a0, a1, b2] = [pending(0, "a"), pending(1, "a"), pending(2, "b")];
  for (const one of [a0, a1, b2]) lanes.add(one);
  assert.deepEqual(takeAll(lanes), [0, 2]);
  lanes.settled(a0, true);
  lanes.add(pending(3, "a"));
  assert.deepEqual(takeAll(lanes), []);
  assert.deepEqual([...lanes.halted], ["a"]);
  lanes.resume(new Set(["a"]));
  assert.deepEqual(takeAll(lanes), []);
  lanes.resume(new Set());
  assert.deepEqual(takeAll(lanes), [1]);
});

test("lanes: a key that was halted before the start waits from the first event on", () => {
  const lanes = new Lanes(true, ["a"]);
  lanes.add(pending(0, "a"));
  lanes.add(pending(1, "b"));
  assert.deepEqual(takeAll(lanes), [1]);
});

test("lanes: what is settled while it is queued is not taken", () => {
  const lanes = new Lanes(true);
  const [a0, a1] = [pending(0, "a"), pending(1, "a")];
  lanes.add(a0);
  lanes.add(a1);
  lanes.settled(a1);
  lanes.settled(a0);
  assert.deepEqual(takeAll(lanes), []);
});
