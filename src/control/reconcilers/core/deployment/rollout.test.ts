import assert from "node:assert/strict";
import { test } from "node:test";
import { rolloutLimits, type RolloutLimits } from "./limits.ts";
import { recreateStep, rollingStep, scaleStep, type SetSize } from "./rollout.ts";

const limits = (replicas: number, maxSurge: number, maxUnavailable: number): RolloutLimits => ({ replicas, maxSurge, maxUnavailable });
const set = (name: string, replicas: number, available = replicas): SetSize => ({ name, replicas, available, createdAt: name });
type Row = readonly [name: string, limits: RolloutLimits, current: SetSize, old: readonly SetSize[], sizes: Record<string, number>];

const ROLLING: readonly Row[] = [
  ["grows within the surge", limits(10, 2, 0), set("z", 0), [set("a", 10)], { z: 2 }],
  ["shrinks what the new ones replace", limits(10, 2, 0), set("z", 2), [set("a", 10)], { a: 8 }],
  ["waits for new ones to become available", limits(10, 2, 0), set("z", 2, 0), [set("a", 10)], {}],
  ["may go below by maxUnavailable at once", limits(10, 0, 3), set("z", 0), [set("a", 10)], { a: 7 }],
  ["takes what serves nobody first", limits(10, 2, 0), set("z", 2, 0), [set("a", 8, 8), set("b", 2, 0)], {}],
  ["takes unhealthy old ones as far as it is allowed", limits(3, 1, 1), set("z", 1, 0), [set("a", 3, 1)], { a: 2 }],
  ["oldest old ones go first", limits(4, 4, 0), set("z", 4), [set("a", 2), set("b", 2)], { a: 0, b: 0 }],
  ["a finished rollout rests", limits(3, 1, 0), set("z", 3), [set("a", 0)], {}],
  ["a smaller wish shrinks the new one", limits(1, 1, 0), set("z", 3), [], { z: 1 }],
];

for (const [name, limit, current, old, sizes] of ROLLING) {
  test(`rolling: ${name}`, () => assert.deepEqual(Object.fromEntries(rollingStep(limit, current, old)), sizes));
}

const SCALE: readonly Row[] = [
  ["the only active one takes all", limits(5, 2, 0), set("z", 3), [set("a", 0)], { z: 5 }],
  ["to zero", limits(0, 0, 0), set("z", 3), [set("a", 2)], { z: 0, a: 0 }],
  ["a saturated new one ends the old ones", limits(3, 1, 0), set("z", 3), [set("a", 1)], { a: 0 }],
  ["in proportion, surge included", limits(20, 2, 0), set("z", 2), [set("a", 9)], { a: 18, z: 4 }],
];

for (const [name, limit, current, old, sizes] of SCALE) {
  test(`scale: ${name}`, () => assert.deepEqual(Object.fromEntries(scaleStep(limit, current, old)), sizes));
}

test("recreate: old ones go before the new one comes", () => {
  assert.deepEqual([...recreateStep(limits(3, 0, 0), undefined, [set("a", 3)])], [["a", 0]]);
  assert.deepEqual([...recreateStep(limits(3, 0, 0), set("z", 0), [set("a", 0)])], [["z", 3]]);
});

test("percentages round in favour of availability, and both zero still moves", () => {
  const of = (maxSurge: string | number, maxUnavailable: string | number, replicas = 1) =>
    rolloutLimits({
      metadata: {},
      spec: { replicas, selector: {}, template: { metadata: {} }, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } },
    });
  assert.deepEqual(of("25%", "25%"), limits(1, 1, 0));
  assert.deepEqual(of("25%", "25%", 10), limits(10, 3, 2));
  assert.deepEqual(of(0, 0, 4), limits(4, 0, 1));
  assert.deepEqual(of("25%", "25%", 0), limits(0, 0, 0));
});
