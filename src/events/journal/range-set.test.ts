import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RangeSet } from "./range-set.ts";

const small = fc.nat(60);
const operations = fc.array(
  fc.oneof(fc.tuple(fc.constant("add"), small, fc.nat(12)), fc.tuple(fc.constant("drop"), small, fc.constant(0))),
  {
    maxLength: 40,
  },
);

test("a range set equals a set of numbers under any additions and drops", () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const ranges = new RangeSet();
      const members = new Set<number>();
      for (const [kind, from, length] of steps) {
        if (kind === "add") {
          const before = members.size;
          for (let value = from; value < from + length; value++) members.add(value);
          assert.equal(ranges.add(from, from + length), members.size - before);
        } else {
          ranges.dropBelow(from);
          for (const value of members) if (value < from) members.delete(value);
        }
        assertSame(ranges, members);
      }
    }),
  );
});

function assertSame(ranges: RangeSet, members: ReadonlySet<number>): void {
  const sorted = [...members].toSorted((a, b) => a - b);
  assert.equal(ranges.size, members.size);
  assert.deepEqual(
    [...ranges.ranges()].flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index)),
    sorted,
  );
  for (let value = 0; value < 75; value++) {
    assert.equal(ranges.has(value), members.has(value));
    let missing = value;
    while (members.has(missing)) missing++;
    assert.equal(ranges.firstMissing(value), missing);
  }
  assert.equal(ranges.countBetween(10, 30), sorted.filter((value) => value >= 10 && value < 30).length);
  const edges = [...ranges.ranges()].flat();
  assert.ok(
    edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? 0)),
    "ranges touch or are empty",
  );
}

test("a million neighbours are one range", () => {
  const ranges = new RangeSet();
  for (let value = 0; value < 1_000_000; value++) ranges.add(value);
  assert.deepEqual([...ranges.ranges()], [[0, 1_000_000]]);
  assert.equal(ranges.size, 1_000_000);
});
