import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, settle } from "../../testing/clock.ts";
import { WorkQueue } from "./work-queue.ts";

function make() {
  const clock = new ManualClock();
  return { clock, queue: new WorkQueue(clock, () => 0) };
}

test("a key added twice waits once, and keys come in the order of their first addition", async () => {
  const { queue } = make();
  for (const key of ["a", "b", "a"]) queue.add(key);
  assert.equal(queue.length, 2);
  assert.deepEqual([await queue.take(), await queue.take()], ["a", "b"]);
});

test("a taken key is not handed out twice; what was added meanwhile follows done", async () => {
  const { queue } = make();
  queue.add("a");
  await queue.take();
  queue.add("a");
  queue.add("a");
  assert.equal(queue.length, 0);
  queue.done("a");
  assert.equal(await queue.take(), "a");
  queue.done("a");
  assert.equal(queue.length, 0);
});

test("retries wait 5 ms, 10 ms, 20 ms up to 30 s, and forget starts anew", async () => {
  const { queue, clock } = make();
  const waits: number[] = [];
  for (let i = 0; i < 15; i += 1) {
    waits.push(queue.retry("a"));
    await clock.advance(30_000);
    assert.equal(await queue.take(), "a");
    queue.done("a");
  }
  assert.deepEqual(waits.slice(0, 4), [5, 10, 20, 40]);
  assert.equal(waits.at(-1), 30_000);
  queue.forget("a");
  assert.equal(queue.retry("a"), 5);
});

test("of several delays the earliest holds, and taking the key drops it", async () => {
  const { queue, clock } = make();
  queue.addAfter("a", 100);
  queue.addAfter("a", 50);
  queue.addAfter("a", 200);
  assert.equal(clock.pending, 1);
  await clock.advance(49);
  assert.equal(queue.length, 0);
  await clock.advance(1);
  assert.equal(queue.length, 1);
  queue.addAfter("a", 10);
  await queue.take();
  assert.equal(clock.pending, 0);
});

test("a waiting taker gets the key at once, and close lets everybody go", async () => {
  const { queue, clock } = make();
  const first = queue.take();
  const second = queue.take();
  queue.add("a");
  assert.equal(await first, "a");
  queue.addAfter("b", 10);
  queue.close();
  assert.equal(await second, undefined);
  assert.equal(clock.pending, 0);
  queue.add("c");
  await settle();
  assert.equal(queue.length, 0);
});
