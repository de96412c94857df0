import assert from "node:assert/strict";
import { test } from "node:test";
import { Limiter } from "./limiter.ts";

test("no more than the limit run at once, in order, also after a failure", async () => {
  const limiter = new Limiter(2);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = (index: number) => async () => {
    begun.push(index);
    most = Math.max(most, (running += 1));
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    running -= 1;
    if (index === 1) throw new Error("one fails");
    return index;
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => limiter.run(work(index))));
  assert.deepEqual(
    results.map((result) => (result.status === "fulfilled" ? result.value : "failed")),
    [0, "failed", 2, 3, 4],
  );
  assert.deepEqual([begun, most], [[0, 1, 2, 3, 4], 2]);
  assert.equal(await limiter.run(async () => "free again"), "free again");
});
