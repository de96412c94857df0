import assert from "node:assert/strict";
import { test } from "node:test";
import { replicaSetKind } from "../../api/apps/replica-set.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { podKind } from "../../api/core/pod.ts";
import { formatKey, type KubeObject, type ObjectKey } from "../../api/meta/object.ts";
import { World } from "../../testing/world.ts";
import { controllerRef } from "./owners.ts";
import { childTiming, ECHO_MS, informerSource, ownerSource, ownSource, settled, SETTLE_MS, sourcesOf } from "./sources.ts";
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
  world.put(pod("set"));
  world.remove(podKind, { namespace: "ns", name: "pod" });
  assert.deepEqual(keys, ["ns/pod", "ns/pod", "ns/pod"], "once for each change");
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

function timed(source: Source): string[] {
  const told: string[] = [];
  source.start(({ name }, afterMs = 0) => void told.push(`${name} ${afterMs}`));
  return told;
}

test("settled: a key may wait, and longer where the source itself says so", () => {
  const keys = (...waits: (number | undefined)[]): Source => ({
    start: (enqueue) => {
      for (const afterMs of waits) enqueue({ namespace: "n", name: "a" }, afterMs);
      return { [Symbol.dispose]: () => {} };
    },
  });
  assert.deepEqual(timed(settled(keys(undefined, 5, 50))), [`a ${SETTLE_MS}`, `a ${SETTLE_MS}`, "a 50"]);
});

test("ownSource: a new spec is looked at now, the status that comes back later", () => {
  const world = new World();
  const told = timed(ownSource(world.informers.of(podKind)));
  const now = (metadata: object, status = {}) => ({ ...pod(), metadata: { ...pod().metadata, ...metadata }, status });
  world.put(now({ generation: 1 }));
  world.put(now({ generation: 1 }, { phase: "Running" }));
  world.put(now({ generation: 2 }, { phase: "Running" }));
  world.put(now({ generation: 2, labels: { a: "b" } }, { phase: "Running" }));
  world.remove(podKind, { namespace: "ns", name: "pod" });
  assert.deepEqual(told, ["pod 0", `pod ${ECHO_MS}`, "pod 0", "pod 0", "pod 0"]);
});

test("sourcesOf: what concerns an object wakes it while it is there; when it comes it wakes itself", () => {
  const world = new World();
  const children = ownerSource(world.informers.of(podKind), replicaSetKind);
  const keys = sourcesOf(world.informers.of(replicaSetKind), children).map(listen);
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", ...set };
  world.put(pod("set"));
  assert.deepEqual(keys, [[], []]);
  world.put(owner);
  world.put({ ...pod("set"), status: { phase: "Running" } } as KubeObject);
  assert.deepEqual(keys, [["ns/set"], ["ns/set"]]);
  world.remove(replicaSetKind, { namespace: "ns", name: "set" });
  world.remove(podKind, { namespace: "ns", name: "pod" });
  assert.deepEqual(keys, [["ns/set", "ns/set"], ["ns/set"]]);
});

test("childTiming: a child that was made comes back late, one that has gone now, its status when it is said", () => {
  const world = new World();
  const told = timed(
    informerSource(
      world.informers.of(podKind),
      undefined,
      childTiming(() => 7),
    ),
  );
  world.put(pod());
  world.put({ ...pod("set") });
  world.remove(podKind, { namespace: "ns", name: "pod" });
  assert.deepEqual([told[0], told[1], told.at(-1)], [`pod ${ECHO_MS}`, "pod 7", "pod 0"]);
});
