import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedWork } from "./shared-work.ts";

test("work ends when the last who wanted it has left, and not before; whoever comes then begins anew", async () => {
  const shared = new SharedWork<string>();
  const signals: AbortSignal[] = [];
  const work = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<string>(() => {});
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const waits = [first, second].map(({ signal }) => shared.run("key", signal, work));
  const outcomes = Promise.allSettled(waits);
  first.abort(new Error("first leaves"));
  await assert.rejects(waits[0] as Promise<string>, /first leaves/);
  assert.deepEqual([signals.length, signals[0]?.aborted], [1, false]);
  second.abort(new Error("second leaves"));
  await outcomes;
  assert.deepEqual([signals[0]?.aborted, shared.size], [true, 0]);
  assert.equal(await shared.run("key", AbortSignal.timeout(60_000), async () => "anew"), "anew");
});

test("everybody gets the one result, or the one failure", async () => {
  const shared = new SharedWork<number>();
  let calls = 0;
  const signal = AbortSignal.timeout(60_000);
  const work = async () => (calls += 1);
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => shared.run("key", signal, work))), [1, 1, 1]);
  const failing = [1, 2].map(() => shared.run("key", signal, () => Promise.reject(new Error("no"))));
  for (const one of failing) await assert.rejects(one, /^Error: no$/);
  assert.equal(shared.size, 0);
});
