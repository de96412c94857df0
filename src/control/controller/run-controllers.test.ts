import assert from "node:assert/strict";
import { test } from "node:test";
import { formatKey, type ObjectKey } from "../../api/meta/object.ts";
import { silentLogger } from "../../std/logger.ts";
import { ManualClock, settle } from "../../testing/clock.ts";
import { runControllers, type RunOptions } from "./run-controllers.ts";
import { done, requeueAfter, type Outcome } from "./types.ts";

/** A controller whose source is driven by hand and whose reconcile is given. */
function start(reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>, options: Partial<RunOptions> = {}) {
  const clock = new ManualClock();
  const outcomes: string[] = [];
  let push: (key: ObjectKey) => void = () => assert.fail("not started");
  const source = {
    start: (enqueue: (key: ObjectKey) => void) => {
      push = enqueue;
      return { [Symbol.dispose]: () => void (push = () => {}) };
    },
  };
  const controller = {
    name: "test",
    sources: [source],
    reconcile: (key: ObjectKey, signal: AbortSignal) => reconcile(formatKey(key), signal),
  };
  const metrics = { reconciled: (_name: string, outcome: string) => void outcomes.push(outcome) };
  const running = runControllers([controller], { clock, random: () => 0, logger: silentLogger, metrics, ...options });
  return { clock, outcomes, running, enqueue: (name: string) => push({ namespace: "ns", name }) };
}

test("a failed reconcile is tried again with backoff, and succeeds quietly", async () => {
  let left = 2;
  const { clock, outcomes, running, enqueue } = start(async () => {
    if (left-- > 0) throw new Error("not yet");
    return done;
  });
  enqueue("a");
  await clock.advance(5);
  assert.deepEqual(outcomes, ["failed", "failed"]);
  await clock.advance(10);
  assert.deepEqual(outcomes, ["failed", "failed", "done"]);
  await clock.advance(60_000);
  assert.equal(outcomes.length, 3);
  await running[Symbol.asyncDispose]();
});

test("requeueAfter comes again after its time, permanent does not", async () => {
  const { clock, outcomes, running, enqueue } = start(async (key) =>
    key === "ns/a" ? requeueAfter(1000) : { kind: "permanent", reason: "broken spec" },
  );
  enqueue("a");
  enqueue("b");
  await clock.advance(999);
  assert.deepEqual(outcomes, ["requeueAfter", "permanent"]);
  await clock.advance(1);
  assert.equal(outcomes.length, 3);
  await running[Symbol.asyncDispose]();
  assert.equal(clock.pending, 0);
});

test("one key is never reconciled twice at once, and an event during the work is not lost", async () => {
  let active = 0;
  let runs = 0;
  const gate = Promise.withResolvers<void>();
  const { running, enqueue } = start(async () => {
    assert.equal(++active, 1);
    runs += 1;
    await gate.promise;
    active -= 1;
    return done;
  });
  enqueue("a");
  await settle();
  enqueue("a");
  enqueue("a");
  await settle();
  assert.equal(runs, 1);
  gate.resolve();
  await settle();
  assert.equal(runs, 2);
  await running[Symbol.asyncDispose]();
});

test("work waits until the informers are ready", async () => {
  const ready = Promise.withResolvers<void>();
  const { outcomes, running, enqueue } = start(async () => done, { ready: ready.promise });
  enqueue("a");
  await settle();
  assert.deepEqual(outcomes, []);
  ready.resolve();
  await settle();
  assert.deepEqual(outcomes, ["done"]);
  await running[Symbol.asyncDispose]();
});

const untilAborted = (signal: AbortSignal) =>
  new Promise<Outcome>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

test("a reconcile that takes too long is aborted and tried again", async () => {
  let runs = 0;
  const { clock, outcomes, running, enqueue } = start((_key, signal) => (runs++ === 0 ? untilAborted(signal) : Promise.resolve(done)), {
    reconcileTimeoutMs: 100,
  });
  enqueue("a");
  await clock.advance(100);
  await clock.advance(5);
  assert.deepEqual(outcomes, ["failed", "done"]);
  await running[Symbol.asyncDispose]();
});

test("stop lets a running reconcile finish, and aborts it after the grace", async () => {
  const { clock, outcomes, running, enqueue } = start((_key, signal) => untilAborted(signal), { graceMs: 50 });
  enqueue("a");
  await settle();
  let stopped = false;
  const stopping = Promise.resolve(running[Symbol.asyncDispose]()).then(() => void (stopped = true));
  await clock.advance(49);
  assert.equal(stopped, false);
  await clock.advance(1);
  await stopping;
  assert.deepEqual(outcomes, ["failed"]);
  assert.equal(clock.pending, 0);
});
