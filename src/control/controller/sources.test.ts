import { ManualClock } from "../../testing/clock.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { replicaSetKind } from "../../api/apps/replica-set.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { podKind } from "../../api/core/pod.ts";
import { formatKey, type ObjectKey } from "../../api/meta/object.ts";
import { World } from "../../testing/world.ts";
import { controllerRef } from "./owners.ts";
import { informerSource, ownerSource, settled, SETTLE_MS } from "./sources.ts";
import { Tracker } from "./tracker.ts";
import type { Source } from "./types.ts";

function listen(source: Source): string[] {
  const keys: string[] = [];
  source.start((key: ObjectKey) => void keys.push(formatKey(key)));
  return keys;
}

const set = { metadata: { namespace: "ns", name: "set", uid: "1" }, spec: { selector: {} } };
const pod = (owner?: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    namespace: "ns",
    name: "pod",
    ...(owner === undefined ? {} : { ownerReferences: [{ ...controllerRef(replicaSetKind, set), name: owner }] }),
  },
});

test("ownerSource wakes the owner that was and the owner that is", () => {
  const world = new World({ objects: [pod("set")] });
  const keys = listen(ownerSource(world.informers.of(podKind), replicaSetKind));
  world.put(pod("other"));
  world.put(pod());
  assert.deepEqual(keys, ["ns/set", "ns/other", "ns/set", "ns/other"]);
});

test("informerSource wakes the object's own key", () => {
  const world = new World();
  const keys = listen(informerSource(world.informers.of(podKind)));
  world.put(pod());
  world.remove(podKind, { namespace: "ns", name: "pod" });
  assert.deepEqual(keys, ["ns/pod", "ns/pod"]);
});

test("a tracker wakes whom an absent object concerns, and forgets references that are no longer named", () => {
  const world = new World();
  const tracker = new Tracker(world.informers);
  const keys = listen(tracker);
  const watcher = { namespace: "ns", name: "w" };
  const map = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "ns", name } });
  tracker.track(watcher, [{ kind: configMapKind, key: { namespace: "ns", name: "a" } }]);
  world.put(map("a"));
  world.put(map("b"));
  assert.deepEqual(keys, ["ns/w"]);
  tracker.track(watcher, [{ kind: configMapKind, key: { namespace: "ns", name: "b" } }]);
  world.put(map("a"));
  world.put(map("b"));
  assert.deepEqual(keys, ["ns/w", "ns/w"]);
  tracker.forget(watcher);
  world.put(map("b"));
  assert.equal(keys.length, 2);
});

test("settled: a key comes once, late, for all its changes meanwhile, and not after disposal", async () => {
  const clock = new ManualClock();
  let tell: (key: { namespace: string; name: string }) => void = () => {};
  const source = settled(clock, { start: (enqueue) => ((tell = enqueue), { [Symbol.dispose]: () => {} }) });
  const told: string[] = [];
  const running = source.start((key) => told.push(key.name));
  for (const name of ["a", "a", "b"]) tell({ namespace: "n", name });
  await clock.advance(SETTLE_MS - 1);
  assert.deepEqual(told, []);
  await clock.advance(1);
  assert.deepEqual(told, ["a", "b"]);
  tell({ namespace: "n", name: "a" });
  running[Symbol.dispose]();
  await clock.advance(SETTLE_MS);
  assert.deepEqual(told, ["a", "b"]);
});
