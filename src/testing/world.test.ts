import assert from "node:assert/strict";
import { test } from "node:test";
import { deploymentKind } from "../api/apps/deployment.ts";
import { podKind } from "../api/core/pod.ts";
import { isConflict } from "../api/meta/errors.ts";
import { conflicts, matching } from "../client/faults.ts";
import { done } from "../control/controller/types.ts";
import { reconcileTable } from "./reconcile-table.ts";
import { World } from "./world.ts";

const key = { namespace: "ns", name: "web" };
const deployment = (replicas: number) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { ...key },
  spec: { replicas, selector: {}, template: { metadata: {} } },
});

test("the world keeps versions, generations, uids and the status apart from the spec", async () => {
  const world = new World({ objects: [deployment(1)] });
  const first = world.get(deploymentKind, key);
  assert.ok(first);
  const scaled = await world.client.update(deploymentKind, { ...first, spec: deployment(2).spec, status: { replicas: 9 } });
  assert.deepEqual([scaled.metadata.generation, scaled.status, scaled.metadata.uid], [2, undefined, "deployment-web"]);
  await assert.rejects(world.client.updateStatus(deploymentKind, first), isConflict);
  const counted = await world.client.updateStatus(deploymentKind, { ...scaled, status: { replicas: 2 } });
  assert.deepEqual([counted.metadata.generation, counted.status], [2, { replicas: 2 }]);
});

test("finalizers hold a deleted object until the last one is taken off", async () => {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { ...key, finalizers: ["x/y"] } };
  const world = new World({ objects: [pod] });
  await world.client.delete(podKind, key);
  assert.ok(world.get(podKind, key)?.metadata.deletionTimestamp);
  await world.client.patch(podKind, key, { type: "merge", body: { metadata: { finalizers: null } } });
  assert.equal(world.get(podKind, key), undefined);
});

test("informers follow at once, or lag when they are held", async () => {
  const world = new World();
  const informer = world.informers.of(podKind);
  world.holdInformers();
  await world.client.create(podKind, { metadata: { ...key } });
  assert.equal(informer.get(key), undefined);
  world.releaseInformers();
  assert.ok(informer.get(key));
});

/** Scales every Deployment to two: something for the table to run. */
const scaleToTwo = (world: World) => ({
  reconcile: async () => {
    const object = world.informers.of(deploymentKind).get(key);
    if (object === undefined || object.spec?.replicas === 2) return done;
    await world.client.patch(deploymentKind, key, { type: "merge", body: { spec: { replicas: 2 } } });
    world.recorder("x").record({ kind: deploymentKind, object, type: "Normal", reason: "Scaled", message: "to 2" });
    return done;
  },
});

reconcileTable(scaleToTwo, [
  { name: "table: nothing to do", world: [deployment(2)], key: "ns/web" },
  {
    name: "table: a write and its event",
    world: [deployment(1)],
    key: "ns/web",
    writes: [{ verb: "patch", kind: "Deployment", key: "ns/web", partial: { spec: { replicas: 2 } } }],
    events: ["Normal Scaled to 2"],
    settles: true,
  },
  {
    name: "table: a failed write fails the reconcile",
    world: [deployment(1)],
    key: "ns/web",
    faults: [conflicts(1, matching("Deployment", "patch"))],
    outcome: { kind: "failed", message: /object has been modified/ },
  },
]);
