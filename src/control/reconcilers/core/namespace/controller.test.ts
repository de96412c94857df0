import assert from "node:assert/strict";
import { test } from "node:test";
import { configMapKind } from "../../../../api/core/config-map.ts";
import { namespaceKind } from "../../../../api/core/namespace.ts";
import { podKind } from "../../../../api/core/pod.ts";
import { settle } from "../../../../testing/clock.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { World } from "../../../../testing/world.ts";
import { runControllers } from "../../../controller/run-controllers.ts";
import { namespaceController } from "./controller.ts";

const make = (world: World) => namespaceController(world, [namespaceKind, configMapKind, podKind]);
const terminating = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "ns", deletionTimestamp: "2025-01-01T00:00:00Z" },
  spec: { finalizers: ["kubernetes"] },
};
const active = { ...terminating, metadata: { name: "ns" } };
const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "ns", name: "m" } };
const pod = (metadata: object = {}) => ({ apiVersion: "v1", kind: "Pod", metadata: { namespace: "ns", name: "p", ...metadata } });
const finalized = { verb: "update finalize", kind: "Namespace", key: "ns", partial: { spec: { finalizers: [] } } } as const;

reconcileTable(make, [
  { name: "namespace: an active one keeps its content", world: [active, map], key: "ns" },
  { name: "namespace: an empty one is let go", world: [terminating], key: "ns", writes: [finalized] },
  {
    name: "namespace: content is deleted, looked for again, and then it goes",
    world: [terminating, map, { ...map, metadata: { namespace: "other", name: "m" } }],
    key: "ns",
    writes: [{ verb: "delete", kind: "ConfigMap", key: "ns/m", body: { propagationPolicy: "Background" } }, finalized],
    check: (world) => assert.equal(world.list(configMapKind).length, 1),
  },
  {
    name: "namespace: says what it waits for",
    world: [terminating, pod({ finalizers: ["example.com/hold"] })],
    key: "ns",
    writes: [
      { verb: "delete", kind: "Pod", key: "ns/p" },
      {
        verb: "status",
        kind: "Namespace",
        key: "ns",
        partial: {
          status: {
            phase: "Terminating",
            conditions: [
              { type: "NamespaceDeletionDiscoveryFailure", status: "False", reason: "ResourcesDiscovered" },
              { type: "NamespaceDeletionGroupVersionParsingFailure", status: "False", reason: "ParsedGroupVersions" },
              { type: "NamespaceDeletionContentFailure", status: "False", reason: "ContentDeleted" },
              {
                type: "NamespaceContentRemaining",
                status: "True",
                reason: "SomeResourcesRemain",
                message: "Some resources are remaining: pods. has 1 resource instances",
              },
              {
                type: "NamespaceFinalizersRemaining",
                status: "True",
                reason: "SomeFinalizersRemain",
                message: "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
              },
            ],
          },
        },
      },
    ],
    outcome: { kind: "requeueAfter", afterMs: 5000 },
    settles: true,
  },
]);

test("namespace: goes as soon as the last object in it is gone", async () => {
  const world = new World({ objects: [active, pod({ finalizers: ["example.com/hold"] })] });
  await using _running = runControllers([make(world)], world);
  await world.client.delete(namespaceKind, { namespace: "", name: "ns" });
  await settle(8);
  assert.equal(world.list(namespaceKind).length, 1);
  world.remove(podKind, { namespace: "ns", name: "p" });
  await settle(8);
  assert.equal(world.list(namespaceKind).length, 0);
});
