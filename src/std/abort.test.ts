import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../testing/clock.ts";
import { abortable, deadline, delay } from "./abort.ts";

test("a wait under an aborted signal rejects, it does not throw, and leaves no timer", async () => {
  const clock = new ManualClock();
  const aborted = AbortSignal.abort(new Error("over"));
  const caught = await Promise.all([
    delay(clock, 10, aborted).catch((error: Error) => error.message),
    abortable(new Promise<string>(() => {}), aborted).catch((error: Error) => error.message),
  ]);
  assert.deepEqual(caught, ["over", "over"]);
});

test("a wait ends with its time, or with the signal if that is first", async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const log: string[] = [];
  void delay(clock, 10, controller.signal).then(() => log.push("done"));
  void delay(clock, 50, controller.signal).catch((error: Error) => log.push(error.message));
  await clock.advance(10);
  controller.abort(new Error("over"));
  await clock.advance(100);
  assert.deepEqual(log, ["done", "over"]);
  assert.equal(await abortable(Promise.resolve(1), new AbortController().signal), 1);
});

test("what is waited for under a signal that has aborted may fail later, unheard", async () => {
  const late = Promise.withResolvers<void>();
  await assert.rejects(abortable(late.promise, AbortSignal.abort(new Error("over"))), /over/);
  late.reject(new Error("late"));
  await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would fail this test
});

test("a deadline aborts after its time, or with any of the other signals", async () => {
  const clock = new ManualClock();
  using late = deadline(clock, 10);
  await clock.advance(10);
  assert.equal((late.signal.reason as Error).name, "TimeoutError");
  const controller = new AbortController();
  using early = deadline(clock, 10, controller.signal);
  controller.abort();
  assert.equal(early.signal.aborted, true);
});

test("a deadline that is over lets go of the signals that it followed, and follows one that had aborted before", () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const early = deadline(clock, 10, controller.signal);
  early[Symbol.dispose]();
  controller.abort(new Error("over"));
  assert.equal(early.signal.aborted, false);
  using late = deadline(clock, 10, controller.signal);
  assert.equal((late.signal.reason as Error).message, "over");
});
