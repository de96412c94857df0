/**
 * The whole platform in a seeded world. `npm test` runs a few seeds, `KINETIC_SIM_SEEDS=FROM-TO` or a count runs others;
 * `npm run sim -- --seed N` replays one and prints its trace.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../../src/testing/sim/run.ts";

const { KINETIC_SIM_SEEDS: asked } = process.env;
/** Seeds and their steps: short worlds in `npm test`, longer ones when seeds are asked for. */
const [seeds, steps] = asked === undefined ? ["1-10", 14] : [asked, 30];

function seedsOf(text: string): number[] {
  const [first = 1, last] = text.split("-").map(Number);
  const [from, to] = last === undefined ? [1, first] : [first, last];
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

for (const seed of seedsOf(seeds)) {
  test(`simulation: seed ${seed} keeps every invariant and comes to rest`, async () => {
    const { requests, writes } = await simulate({ seed, steps });
    assert.ok(requests > 50 && writes > 200, `a dull world proves nothing: ${requests} requests, ${writes} writes`);
  });
}

test("simulation: a seed replays to the letter", async () => {
  const [first, second] = [await simulate({ seed: 6, steps: 8, verbose: true }), await simulate({ seed: 6, steps: 8, verbose: true })];
  assert.deepEqual(second.trace, first.trace);
});
