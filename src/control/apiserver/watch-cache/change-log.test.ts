import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangeLog, NONE_BEFORE, UNKNOWN_BEFORE, type PastChange } from "./change-log.ts";

const TYPES = ["ADDED", "MODIFIED", "DELETED"] as const;

/** Every third revision is another kind's. */
const changes: readonly PastChange[] = Array.from({ length: 2000 }, (_, index) => ({
  type: TYPES[index % 3] as PastChange["type"],
  revision: index + 1 + Math.floor(index / 2),
  key: `n/${index}`,
  before: index % 3 === 0 ? NONE_BEFORE : index % 5 === 0 ? UNKNOWN_BEFORE : index,
}));

test("gives the changes after a revision as they were pushed, also when earlier ones were dropped", () => {
  const log = new ChangeLog();
  assert.deepEqual([log.length, log.oldest, log.since(0)], [0, undefined, []]);
  let first = 0;
  for (const [index, change] of changes.entries()) {
    log.push(change);
    if (index % 4 === 3) for (const _ of [0, 1, 2]) log.shift();
    if (index % 4 === 3) first += 3;
    if (index % 97 !== 0) continue;
    assert.deepEqual(log.since(0), changes.slice(first, index + 1));
    assert.deepEqual([log.length, log.oldest], [index + 1 - first, changes[first]?.revision]);
  }
  for (const after of [1500, 1501, 1502, 2997, 2998, 5000]) {
    assert.deepEqual(
      log.since(after),
      changes.slice(first).filter(({ revision }) => revision > after),
    );
  }
});
