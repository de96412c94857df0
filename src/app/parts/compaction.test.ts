import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "../../control/apiserver/store/memory.ts";
import { silentLogger } from "../../std/logger.ts";
import { seededRandom } from "../../std/random.ts";
import { ManualClock } from "../../testing/clock.ts";
import { startCompaction } from "./compaction.ts";

const MINUTE_MS = 60_000;

test("history of the last five minutes and the latest revisions stay, older history goes", async () => {
  await using store = createMemoryStore();
  const clock = new ManualClock();
  using _compaction = startCompaction({ clock, random: seededRandom(1), logger: silentLogger }, store, 2);
  const write = (key: string) => store.write({ key, op: "create", value: "{}", durability: "derived" });
  const watchable = async (revision: number) => {
    const result = await store.watch("/", revision, () => {});
    if (result.kind === "ok") result.watch[Symbol.dispose]();
    return result.kind === "ok";
  };
  for (let minute = 0; minute < 5; minute++) {
    await write(`/${minute}`);
    await clock.advance(MINUTE_MS);
    assert.equal(await watchable(0), true, `minute ${minute}`);
  }
  await write("/5");
  await write("/6");
  await clock.advance(2 * MINUTE_MS);
  assert.equal(await watchable(0), false);
  assert.equal(await watchable(5), true);
  await clock.advance(10 * MINUTE_MS);
  assert.equal(await watchable(5), true);
});
