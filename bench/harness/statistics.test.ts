import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { quantile, spreadOf, verdictOf } from "./statistics.ts";

test("the spread of rounds is their median, least and most, in any order", () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3, n: 3 });
  assert.deepEqual(spreadOf([10, 2, 4, 100]), { median: 7, min: 2, max: 100, n: 4 }, "numbers, not texts; even counts average");
  assert.equal(spreadOf([]), undefined);
});

test("a quantile is a value that was measured, by nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual([quantile(hundred, 50), quantile(hundred, 95), quantile(hundred, 99), quantile(hundred, 100)], [50, 95, 99, 100]);
  assert.equal(quantile([7], 1), 7);
  assert.ok(Number.isNaN(quantile([], 50)));
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const found = quantile(values, percent);
      assert.ok(values.includes(found));
      assert.ok(values.filter((value) => value <= found).length >= (percent / 100) * values.length);
    }),
  );
});

test("a verdict knows which direction is better", () => {
  const time = { better: "lower", bar: 12, goal: 4 } as const;
  assert.deepEqual([verdictOf(4, time), verdictOf(5, time), verdictOf(12.1, time)], ["goal", "bar", "missed"]);
  const rate = { better: "higher", bar: 15_000, goal: 21_000 } as const;
  assert.deepEqual([verdictOf(21_000, rate), verdictOf(15_000, rate), verdictOf(14_999, rate)], ["goal", "bar", "missed"]);
  assert.equal(verdictOf(1, { better: "lower" }), "no bar");
  assert.equal(verdictOf(Number.NaN, time), "missed", "what was not measured reaches nothing");
});
