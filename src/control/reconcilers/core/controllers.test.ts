import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinKinds } from "../../../api/builtin.ts";
import { deploymentKind } from "../../../api/apps/deployment.ts";
import { replicaSetKind } from "../../../api/apps/replica-set.ts";
import { endpointsKind } from "../../../api/core/endpoints.ts";
import { namespaceKind } from "../../../api/core/namespace.ts";
import { podKind } from "../../../api/core/pod.ts";
import { endpointSliceKind } from "../../../api/discovery/endpoint-slice.ts";
import type { Deployment } from "../../../api/k8s/types.generated.ts";
import { keyOf } from "../../../api/meta/object.ts";
import { passTime } from "../../../testing/clock.ts";
import { World } from "../../../testing/world.ts";
import { runControllers } from "../../controller/run-controllers.ts";
import { isPodReady } from "./pods.ts";
import { coreControllers } from "./controllers.ts";

const key = { namespace: "ns", name: "web" };
const labels = { app: "web" };
const kinds = builtinKinds.filter(({ virtual }) => virtual !== true);

function deployment(replicas: number, image: string): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...key },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: "c", image }] } } },
  };
}

/** A node agent for the test: bound pods get an address and are ready; deleted ones go at once. */
function startPods(world: World): void {
  world.informers.of(podKind).subscribe(({ type, object }) => {
    if (type === "deleted" || !object.spec?.nodeName || isPodReady(object)) return;
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: "2025-01-01T00:00:00Z" }];
    queueMicrotask(() => world.put({ ...object, status: { phase: "Running", podIP: "10.0.0.1", conditions } } as typeof object));
  });
}

function start(...objects: Deployment[]) {
  const node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n" },
    status: { allocatable: { cpu: "8", memory: "8Gi", pods: "110" } },
  };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns" }, spec: { finalizers: ["kubernetes"] } };
  const service = { apiVersion: "v1", kind: "Service", metadata: { ...key }, spec: { selector: labels, ports: [{ port: 80 }] } };
  const world = new World({ objects: [node, namespace, service, ...objects] });
  startPods(world);
  return { world, running: runControllers(coreControllers(world, { kinds, caBundle: "PEM" }), world) };
}

test("core: a Deployment becomes bound pods with endpoints, and scales up and down", async () => {
  const { world, running } = start(deployment(1, "v1"));
  await using _running = running;
  await passTime(world.clock, 20);
  const scale = async (replicas: number) => {
    await world.client.patch(deploymentKind, key, { type: "merge", body: { spec: { replicas } } });
    await passTime(world.clock, 40);
    const { status } = world.get(deploymentKind, key) ?? {};
    assert.deepEqual(
      [status?.availableReplicas ?? 0, world.list(podKind).length, world.list(endpointSliceKind).length],
      Array(3).fill(replicas),
    );
    assert.equal(world.get(endpointsKind, key)?.subsets?.[0]?.addresses?.length ?? 0, replicas);
  };
  for (const replicas of [20, 3, 0, 1]) await scale(replicas);
});

test("core: a rolling update never has fewer ready pods than it may, and ends with the new template alone", async () => {
  const { world, running } = start(deployment(4, "v1"));
  await using _running = running;
  await passTime(world.clock, 30);
  let fewest = 4;
  world.informers.of(podKind).subscribe(() => void (fewest = Math.min(fewest, world.list(podKind).filter(isPodReady).length)));
  await world.client.patch(deploymentKind, key, { type: "merge", body: { spec: deployment(4, "v2").spec ?? {} } });
  await passTime(world.clock, 200);
  assert.ok(fewest >= 3, `only ${fewest} of 4 were ready`);
  assert.deepEqual([...new Set(world.list(podKind).map(({ spec }) => spec?.containers?.[0]?.image))], ["v2"]);
  const progressing = world.get(deploymentKind, key)?.status?.conditions?.map(({ reason }) => reason);
  assert.deepEqual(progressing?.toSorted(), ["MinimumReplicasAvailable"]);
  assert.equal(world.list(replicaSetKind).length, 2);
});

test("core: deleting the Deployment takes everything below it, and a deleted namespace empties itself", async () => {
  const { world, running } = start(deployment(2, "v1"));
  await using _running = running;
  await passTime(world.clock, 30);
  await world.client.delete(deploymentKind, key, { propagationPolicy: "Background" });
  await passTime(world.clock, 30);
  assert.deepEqual([world.list(replicaSetKind), world.list(podKind), world.list(endpointSliceKind)], [[], [], []]);
  await world.client.delete(namespaceKind, { namespace: "", name: "ns" });
  await passTime(world.clock, 30);
  const left = kinds.flatMap((kind) => world.list(kind)).filter(({ metadata }) => metadata.namespace === "ns");
  assert.deepEqual(left.map(keyOf), []);
  assert.equal(world.get(namespaceKind, { namespace: "", name: "ns" }), undefined);
});

test("core: from scale to bound pod three writes suffice: ReplicaSet, Pod, binding", async () => {
  const { world, running } = start(deployment(0, "v1"));
  await using _running = running;
  await passTime(world.clock, 20);
  world.writes.length = 0;
  const bound = Promise.withResolvers<void>();
  world.informers.of(podKind).subscribe(({ object }) => void (object.spec?.nodeName && bound.resolve()));
  await world.client.patch(deploymentKind, key, { type: "merge", body: { spec: { replicas: 1 } } });
  await bound.promise;
  const productive = world.writes.filter(({ verb }) => verb !== "status").map(({ verb, kind }) => `${verb} ${kind}`);
  assert.deepEqual(productive.slice(0, 4), ["patch Deployment", "update ReplicaSet", "create Pod", "create binding Binding"]);
});
