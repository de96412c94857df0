import assert from "node:assert/strict";
import { test } from "node:test";
import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import type { Deployment, DeploymentCondition, ReplicaSet } from "../../../../api/k8s/types.generated.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { World } from "../../../../testing/world.ts";
import { deploymentController } from "./controller.ts";
import { rolloutLimits } from "./limits.ts";
import { podTemplateHash, replicaSetName } from "./names.ts";
import { makeReplicaSet } from "./resources/replica-set.ts";

const START = "2025-01-01T00:00:00Z";
const labels = { app: "web" };
const key = { namespace: "ns", name: "web" };
const template = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: "c", image }] } });

function deployment(replicas: number, image = "v1", more: Partial<NonNullable<Deployment["spec"]>> = {}): Deployment {
  const spec = { replicas, selector: { matchLabels: labels }, template: template(image), progressDeadlineSeconds: 600, ...more };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { ...key, uid: "d", generation: 1 }, spec };
}

const nameOf = (image: string) => replicaSetName(deployment(1), podTemplateHash(template(image)));

interface SetFacts {
  readonly image?: string;
  readonly revision?: number;
  /** Pods that are there and serve; default all. */
  readonly ready?: number;
  /** What the Deployment wanted when the set was sized. */
  readonly desired?: number;
}

function set(replicas: number, { image = "v1", revision = 1, ready = replicas, desired = replicas }: SetFacts = {}): ReplicaSet {
  const owner = deployment(desired, image);
  const made = makeReplicaSet(owner, { replicas, revision, limits: rolloutLimits(owner) });
  return { ...made, status: { replicas, readyReplicas: ready, availableReplicas: ready, observedGeneration: 1 } };
}

const lagging = (object: ReplicaSet): ReplicaSet => ({ ...object, metadata: { ...object.metadata, generation: 2 } });
const condition = (type: string, status: string, reason: string, message: string): DeploymentCondition => ({
  type,
  status,
  reason,
  message,
  lastUpdateTime: START,
  lastTransitionTime: START,
});
const available = condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.");
const unavailable = condition("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.");
const complete = condition("Progressing", "True", "NewReplicaSetAvailable", `ReplicaSet "${nameOf("v1")}" has successfully progressed.`);
const settled = (replicas: number) => ({
  observedGeneration: 1,
  ...(replicas === 0 ? {} : { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }),
  conditions: [available, complete],
});
const at = (revision: number, object: Deployment): Deployment => ({
  ...object,
  metadata: { ...object.metadata, annotations: { "deployment.kubernetes.io/revision": String(revision) } },
});
const status = { verb: "status", kind: "Deployment", key: "ns/web" } as const;
const update = (image: string) => ({ verb: "update", kind: "ReplicaSet", key: `ns/${nameOf(image)}` }) as const;

reconcileTable(deploymentController, [
  {
    name: "deployment: makes its ReplicaSet with hash and revision, then one status",
    world: [deployment(1)],
    key: "ns/web",
    writes: [
      {
        verb: "create",
        kind: "ReplicaSet",
        key: `ns/${nameOf("v1")}`,
        partial: {
          metadata: {
            labels: { ...labels, "pod-template-hash": podTemplateHash(template("v1")) },
            annotations: {
              "deployment.kubernetes.io/revision": "1",
              "deployment.kubernetes.io/desired-replicas": "1",
              "deployment.kubernetes.io/max-replicas": "2",
            },
            ownerReferences: [{ kind: "Deployment", uid: "d", controller: true, blockOwnerDeletion: true }],
          },
          spec: { replicas: 1 },
        },
      },
      {
        ...status,
        partial: {
          metadata: { annotations: { "deployment.kubernetes.io/revision": "1" } },
          status: {
            observedGeneration: 1,
            unavailableReplicas: 1,
            conditions: [
              condition("Progressing", "True", "NewReplicaSetCreated", `Created new replica set "${nameOf("v1")}"`),
              unavailable,
            ],
          },
        },
      },
    ],
    events: [`Normal ScalingReplicaSet Scaled up replica set ${nameOf("v1")} from 0 to 1`],
    outcome: { kind: "requeueAfter", afterMs: 600_001 },
    settles: true,
  },
  {
    name: "deployment: with no replicas it is complete at once",
    world: [deployment(0)],
    key: "ns/web",
    writes: [
      { verb: "create", kind: "ReplicaSet", key: `ns/${nameOf("v1")}` },
      { ...status, partial: { status: { observedGeneration: 1, conditions: [available, complete] } } },
    ],
    settles: true,
  },
  {
    name: "deployment: a rollout that is over rests",
    world: [at(1, { ...deployment(2), status: settled(2) }), set(2)],
    key: "ns/web",
  },
  {
    name: "deployment: from zero to one costs a single write",
    world: [at(1, { ...deployment(1), status: settled(0) }), set(0)],
    key: "ns/web",
    writes: [
      {
        ...update("v1"),
        partial: {
          metadata: { annotations: { "deployment.kubernetes.io/desired-replicas": "1", "deployment.kubernetes.io/max-replicas": "2" } },
          spec: { replicas: 1 },
        },
      },
    ],
    events: [`Normal ScalingReplicaSet Scaled up replica set ${nameOf("v1")} from 0 to 1`],
  },
  {
    name: "deployment: says nothing new until the ReplicaSet has answered the scale",
    world: [at(1, { ...deployment(1), status: settled(0) }), lagging(set(1, { ready: 0 }))],
    key: "ns/web",
  },
  {
    name: "deployment: after a scale only Available changes, so that nobody sees a new rollout",
    world: [at(1, { ...deployment(1), status: settled(0) }), set(1, { ready: 0 })],
    key: "ns/web",
    writes: [
      {
        ...status,
        partial: {
          status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, unavailableReplicas: 1, conditions: [complete, unavailable] },
        },
      },
    ],
    settles: true,
  },
  {
    name: "deployment: scales down through the only ReplicaSet",
    world: [at(1, { ...deployment(0), status: settled(1) }), set(1)],
    key: "ns/web",
    writes: [{ ...update("v1"), partial: { spec: { replicas: 0 } } }],
    events: [`Normal ScalingReplicaSet Scaled down replica set ${nameOf("v1")} from 1 to 0`],
  },
  {
    name: "deployment: another template begins a new revision within the surge",
    world: [at(1, { ...deployment(2, "v2"), status: settled(2) }), set(2)],
    key: "ns/web",
    writes: [
      {
        verb: "create",
        kind: "ReplicaSet",
        key: `ns/${nameOf("v2")}`,
        partial: { metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } }, spec: { replicas: 1 } },
      },
      { ...status, partial: { metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } } } },
    ],
    events: [`Normal ScalingReplicaSet Scaled up replica set ${nameOf("v2")} from 0 to 1`],
    outcome: { kind: "requeueAfter", afterMs: 600_001 },
  },
  {
    name: "deployment: going back to an old template gives it a newer revision and keeps the history",
    world: [
      at(2, { ...deployment(1), status: { ...settled(1), updatedReplicas: 0 } }),
      set(0, { desired: 1 }),
      set(1, { image: "v2", revision: 2 }),
    ],
    key: "ns/web",
    writes: [
      {
        ...update("v1"),
        partial: {
          metadata: {
            annotations: { "deployment.kubernetes.io/revision": "3", "deployment.kubernetes.io/revision-history": "1" },
          },
          spec: { replicas: 1 },
        },
      },
    ],
    events: [`Normal ScalingReplicaSet Scaled up replica set ${nameOf("v1")} from 0 to 1`],
  },
  {
    name: "deployment: paused it says so and rolls nothing out",
    world: [at(1, { ...deployment(1, "v2", { paused: true }), status: settled(1) }), set(1)],
    key: "ns/web",
    writes: [
      {
        ...status,
        partial: {
          status: {
            conditions: [
              available,
              { type: "Progressing", status: "Unknown", reason: "DeploymentPaused", message: "Deployment is paused" },
            ],
          },
        },
      },
    ],
    outcome: { kind: "requeueAfter", afterMs: 600_001 },
    settles: true,
  },
  {
    name: "deployment: recreate ends the old pods before it makes new ones",
    world: [at(1, { ...deployment(1, "v2", { strategy: { type: "Recreate" } }), status: settled(1) }), set(1)],
    key: "ns/web",
    writes: [{ ...update("v1"), partial: { spec: { replicas: 0 } } }],
    events: [`Normal ScalingReplicaSet Scaled down replica set ${nameOf("v1")} from 1 to 0`],
  },
  {
    name: "deployment: a rollout that makes no progress until its deadline has timed out",
    world: [
      at(1, {
        ...deployment(1),
        status: {
          observedGeneration: 1,
          replicas: 1,
          updatedReplicas: 1,
          unavailableReplicas: 1,
          conditions: [unavailable, condition("Progressing", "True", "ReplicaSetUpdated", "")],
        },
      }),
      set(1, { ready: 0 }),
    ],
    key: "ns/web",
    now: Date.parse(START) + 600_001,
    writes: [
      {
        ...status,
        partial: {
          status: {
            conditions: [
              unavailable,
              {
                type: "Progressing",
                status: "False",
                reason: "ProgressDeadlineExceeded",
                message: `ReplicaSet "${nameOf("v1")}" has timed out progressing.`,
              },
            ],
          },
        },
      },
    ],
    settles: true,
  },
  {
    name: "deployment: keeps revisionHistoryLimit old ReplicaSets",
    world: [
      at(3, { ...deployment(1, "v1", { revisionHistoryLimit: 1 }), status: settled(1) }),
      set(1, { revision: 3 }),
      set(0, { image: "v2", revision: 1, desired: 1 }),
      set(0, { image: "v3", revision: 2, desired: 1 }),
    ],
    key: "ns/web",
    writes: [{ verb: "delete", kind: "ReplicaSet", key: `ns/${nameOf("v2")}` }],
    settles: true,
  },
]);

test("deployment: a name taken by a stranger counts a collision and takes another name", async () => {
  const stranger = { ...set(0), metadata: { ...key, name: nameOf("v1") } };
  const world = new World({ objects: [deployment(1), stranger] });
  const controller = deploymentController(world);
  const turn = () => controller.reconcile(key, new AbortController().signal);
  await assert.rejects(turn(), { name: "HashCollision" });
  assert.equal(world.get(deploymentKind, key)?.status?.collisionCount, 1);
  await turn();
  const names = world.list(replicaSetKind).map(({ metadata }) => metadata.name);
  assert.deepEqual(names, [nameOf("v1"), replicaSetName(deployment(1), podTemplateHash(template("v1"), 1))]);
});

test("deployment: a cache that does not show the new ReplicaSet yet makes no second one", async () => {
  const world = new World({ objects: [deployment(1)] });
  const controller = deploymentController(world);
  world.holdInformers();
  await controller.reconcile(key, new AbortController().signal);
  await controller.reconcile(key, new AbortController().signal).catch(() => {}); // its status conflicts
  assert.equal(world.list(replicaSetKind).length, 1);
});
