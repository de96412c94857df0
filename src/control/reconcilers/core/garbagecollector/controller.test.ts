import assert from "node:assert/strict";
import { test } from "node:test";
import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import { configMapKind } from "../../../../api/core/config-map.ts";
import { podKind } from "../../../../api/core/pod.ts";
import type { OwnerReference } from "../../../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { settle } from "../../../../testing/clock.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { World } from "../../../../testing/world.ts";
import { runControllers } from "../../../controller/run-controllers.ts";
import { garbageCollectorController } from "./controller.ts";

const KINDS = [deploymentKind, replicaSetKind, podKind, configMapKind];
const collector = (world: World) => garbageCollectorController(world, KINDS);
const NOW = "2025-01-01T00:00:00Z";

function owner(name: string, uid = name, more: Partial<OwnerReference> = {}): OwnerReference {
  return { apiVersion: "apps/v1", kind: "ReplicaSet", name, uid, controller: true, blockOwnerDeletion: true, ...more };
}

function pod(name: string, owners: OwnerReference[], metadata: object = {}): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { namespace: "ns", name, uid: name, ownerReferences: owners, ...metadata } };
}

function set(name: string, metadata: object = {}): KubeObject {
  return { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { namespace: "ns", name, uid: name, ...metadata } };
}

const foreground = { deletionTimestamp: NOW, finalizers: ["foregroundDeletion"] };
const deleted = (policy: string, resourceVersion: string) =>
  ({
    verb: "delete",
    kind: "Pod",
    key: "ns/p",
    body: { propagationPolicy: policy, preconditions: { uid: "p", resourceVersion } },
  }) as const;

reconcileTable(collector, [
  { name: "gc: an object with a living owner stays", world: [set("rs"), pod("p", [owner("rs")])], key: "ns/2:p" },
  { name: "gc: an object without owners stays", world: [pod("p", [])], key: "ns/2:p" },
  { name: "gc: all owners gone", world: [pod("p", [owner("rs")])], key: "ns/2:p", writes: [deleted("Background", "1")] },
  {
    name: "gc: another object of the owner's name is not the owner",
    world: [set("rs"), pod("p", [owner("rs", "older-uid")])],
    key: "ns/2:p",
    writes: [deleted("Background", "2")],
  },
  {
    name: "gc: one living owner keeps the object; the reference to the absent one is taken off",
    world: [set("rs"), pod("p", [owner("gone"), owner("rs")])],
    key: "ns/2:p",
    writes: [{ verb: "patch", kind: "Pod", key: "ns/p", partial: { metadata: { ownerReferences: [{ name: "rs" }] } } }],
    settles: true,
  },
  {
    name: "gc: an owner of a kind that nobody knows is not judged",
    world: [pod("p", [owner("x", "x", { kind: "Widget", apiVersion: "example.com/v1" })])],
    key: "ns/2:p",
  },
  {
    name: "gc: an owner that waits in the foreground deletes its dependents",
    world: [set("rs", foreground), pod("p", [owner("rs")])],
    key: "ns/1:rs",
    writes: [deleted("Background", "2")],
  },
  {
    name: "gc: without blocking dependents the owner's foreground finalizer goes",
    world: [set("rs", foreground), pod("p", [owner("rs", "rs", { blockOwnerDeletion: false })])],
    key: "ns/1:rs",
    writes: [{ verb: "patch", kind: "ReplicaSet", key: "ns/rs", partial: { metadata: { finalizers: [] } } }],
  },
  {
    name: "gc: orphaning takes the references off before the finalizer",
    world: [set("rs", { deletionTimestamp: NOW, finalizers: ["orphan"] }), pod("p", [owner("rs")])],
    key: "ns/1:rs",
    writes: [
      { verb: "patch", kind: "Pod", key: "ns/p", partial: { metadata: { ownerReferences: [] } } },
      { verb: "patch", kind: "ReplicaSet", key: "ns/rs", partial: { metadata: { finalizers: [] } } },
    ],
  },
]);

test("gc: a child whose owner the cache does not show yet is never deleted", async () => {
  const world = new World();
  const controller = collector(world);
  world.holdInformers();
  world.put(set("rs"));
  const pods = world.informers.of(podKind);
  world.releaseInformers();
  world.put(pod("p", [owner("rs")]));
  assert.ok(pods.get({ namespace: "ns", name: "p" }));
  const late = new World({ objects: [pod("p", [owner("rs")])] });
  const lateController = collector(late);
  late.holdInformers();
  late.put(set("rs"));
  for (const one of [controller, lateController]) await one.reconcile({ namespace: "ns", name: "2:p" }, new AbortController().signal);
  assert.deepEqual([...world.writes, ...late.writes], []);
});

test("gc: nobody asks about owners that are there, nor about one that was seen to go", async () => {
  const asked: string[] = [];
  const world = new World({
    objects: [set("rs")],
    faults: [
      ({ verb, key }, proceed) => {
        if (verb === "get") asked.push(key?.name ?? "");
        return proceed();
      },
    ],
  });
  const woken: string[] = [];
  const controller = collector(world);
  for (const source of controller.sources) source.start(({ name }) => void woken.push(name));
  world.put(pod("p", [owner("rs")]));
  assert.deepEqual(woken, [], "the owner is there and stays");
  world.remove(replicaSetKind, { namespace: "ns", name: "rs" });
  assert.deepEqual(woken, ["2:p"]);
  await controller.reconcile({ namespace: "ns", name: "2:p" }, new AbortController().signal);
  assert.deepEqual([world.list(podKind), asked], [[], []]);
});

test("gc: deleting the root in the background takes the whole tree; in the foreground the root goes last", async () => {
  for (const propagationPolicy of ["Background", "Foreground"] as const) {
    const root = { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace: "ns", name: "d", uid: "d" } };
    const child = set("rs", { ownerReferences: [owner("d", "d", { kind: "Deployment" })] });
    const world = new World({ objects: [root, child, pod("p", [owner("rs")])] });
    const gone: string[] = [];
    for (const kind of [deploymentKind, replicaSetKind, podKind]) {
      world.informers
        .of<KubeObject>(kind)
        .subscribe(({ type, object }) => void (type === "deleted" && gone.push(object.metadata.name ?? "")));
    }
    await using _running = runControllers([collector(world)], world);
    await world.client.delete(deploymentKind, { namespace: "ns", name: "d" }, { propagationPolicy });
    await settle(10);
    assert.deepEqual(gone, propagationPolicy === "Background" ? ["d", "rs", "p"] : ["p", "rs", "d"]);
  }
});
