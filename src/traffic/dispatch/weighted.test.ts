import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { WeightedRoundRobin } from "./weighted.ts";

test("heavier choices are spread out, not in blocks", () => {
  const turns = new WeightedRoundRobin([5, 1, 1]);
  assert.deepEqual(
    Array.from({ length: 7 }, () => turns.next()),
    [0, 0, 1, 0, 2, 0, 0],
  );
});

test("over any number of whole rounds every weight is met exactly", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      (weights, rounds) => {
        const turns = new WeightedRoundRobin(weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = weights.map(() => 0);
        for (let n = 0; n < total * rounds; n++) {
          const index = turns.next();
          counts[index] = (counts[index] ?? 0) + 1;
        }
        assert.deepEqual(
          counts,
          weights.map((weight) => weight * rounds),
        );
      },
    ),
  );
});
