import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurn } from "./in-turn.ts";

test("results come in the order of the items, and no more than asked for are under way", async () => {
  let underWay = 0;
  let most = 0;
  const results = await inTurn([30, 10, 20, 0], 2, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    underWay -= 1;
    return item * 2;
  });
  assert.deepEqual([results, most], [[60, 20, 40, 0], 2]);
});

test("after a failure nothing more is begun, and what was begun ends first", async () => {
  const events: string[] = [];
  const work = inTurn(["bad", "slow", "late"], 2, async (item) => {
    events.push(item);
    if (item === "bad") throw new Error("bad");
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    events.push("slow ended");
  });
  await assert.rejects(work, /^Error: bad$/);
  assert.deepEqual(events, ["bad", "slow", "slow ended"]);
});
