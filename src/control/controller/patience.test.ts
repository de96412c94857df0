import assert from "node:assert/strict";
import { test } from "node:test";
import { replicaSetKind } from "../../api/apps/replica-set.ts";
import { World } from "../../testing/world.ts";
import { Patience, sooner } from "./patience.ts";
import { ECHO_MS } from "./sources.ts";
import { done, requeueAfter } from "./types.ts";

const key = { namespace: "ns", name: "a" };
const set = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: key, spec: { selector: {} } };

function start() {
  const world = new World({ objects: [set] });
  const patience = new Patience(world);
  const report = (replicas: number, waits: boolean) => {
    const object = world.get(replicaSetKind, key);
    assert.ok(object);
    return patience.report(replicaSetKind, object, { replicas }, waits);
  };
  return { world, report, patience };
}

test("patience: a wait is written after ECHO_MS, anything else at once, and each wait counts for itself", async () => {
  const { world, report } = start();
  assert.deepEqual(await report(1, true), requeueAfter(ECHO_MS));
  await world.clock.advance(ECHO_MS - 1);
  assert.deepEqual(await report(2, true), requeueAfter(1));
  assert.equal(world.writes.length, 0);
  await world.clock.advance(1);
  assert.deepEqual(await report(2, true), done);
  assert.equal(world.writes.length, 1);
  assert.deepEqual(await report(3, true), requeueAfter(ECHO_MS));
  assert.deepEqual(await report(3, false), done);
  assert.equal(world.writes.length, 2);
  assert.deepEqual(await report(3, true), done, "nothing differs");
  assert.equal(world.writes.length, 2);
});

test("patience: an object of the same name that comes later waits anew", async () => {
  const { world, report, patience } = start();
  await report(1, true);
  await world.clock.advance(ECHO_MS);
  patience.forget(key);
  assert.deepEqual(await report(1, true), requeueAfter(ECHO_MS));
});

test("sooner: the earlier time, and no time at all loses to any", () => {
  assert.deepEqual(sooner(done, requeueAfter(5)), requeueAfter(5));
  assert.deepEqual(sooner(requeueAfter(3), requeueAfter(5)), requeueAfter(3));
  assert.deepEqual(sooner(requeueAfter(7), requeueAfter(5)), requeueAfter(5));
  assert.deepEqual(sooner({ kind: "permanent", reason: "no" }, requeueAfter(5)), { kind: "permanent", reason: "no" });
});
