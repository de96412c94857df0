import assert from "node:assert/strict";
import { test } from "node:test";
import { replicaSetKind } from "../../../../api/apps/replica-set.ts";
import { podKind } from "../../../../api/core/pod.ts";
import type { Pod, ReplicaSet } from "../../../../api/k8s/types.generated.ts";
import { apiError } from "../../../../api/meta/errors.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { failNth, loseNthAnswer, matching } from "../../../../client/faults.ts";
import { ECHO_MS, SETTLE_MS } from "../../../controller/sources.ts";
import { runControllers } from "../../../controller/run-controllers.ts";
import { settle } from "../../../../testing/clock.ts";
import { controllerRef } from "../../../controller/owners.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { World } from "../../../../testing/world.ts";
import { deletionOrder } from "./deletion-order.ts";
import { replicaSetController } from "./controller.ts";

const labels = { app: "web" };
const key = { namespace: "ns", name: "web" };

function set(replicas: number, more: Partial<ReplicaSet> = {}): ReplicaSet {
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { ...key, uid: "set", generation: 1 },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: "c" }] } } },
    ...more,
  };
}

interface PodFacts {
  readonly owned?: boolean;
  readonly ready?: boolean;
  readonly node?: string;
  readonly phase?: string;
  readonly labels?: Record<string, string>;
}

function pod(name: string, { owned = true, ready = true, node = "n", phase = "Running", ...facts }: PodFacts = {}): Pod {
  const lastTransitionTime = "2025-01-01T00:00:00Z";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: "ns",
      name,
      labels: facts.labels ?? labels,
      ...(owned ? { ownerReferences: [controllerRef(replicaSetKind, set(0))] } : {}),
    },
    spec: { containers: [], nodeName: node },
    status: { phase, conditions: [{ type: "Ready", status: ready ? "True" : "False", lastTransitionTime }] },
  };
}

const counts = (replicas: number) => ({
  replicas,
  ...(replicas === 0 ? {} : { fullyLabeledReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }),
  observedGeneration: 1,
});
const created = { verb: "create", kind: "Pod", key: "ns/" } as const;

reconcileTable(replicaSetController, [
  { name: "replicaset: one that is gone is left alone", world: [], key: "ns/web" },
  {
    name: "replicaset: makes the missing pods, and counts them a moment later",
    world: [set(2)],
    key: "ns/web",
    writes: [{ ...created, partial: { metadata: { generateName: "web-", labels }, spec: { containers: [{ name: "c" }] } } }, created],
    outcome: { kind: "requeueAfter", afterMs: ECHO_MS },
    events: ["Normal SuccessfulCreate Created pod: web-2", "Normal SuccessfulCreate Created pod: web-3"],
    settles: true,
  },
  {
    name: "replicaset: from zero the first pod goes ahead of the others and of the status",
    world: [set(3, { status: { replicas: 0, observedGeneration: 1 } })],
    key: "ns/web",
    writes: [created],
    events: ["Normal SuccessfulCreate Created pod: web-2"],
    outcome: { kind: "requeueAfter", afterMs: SETTLE_MS },
  },
  {
    name: "replicaset: removes the pod that is not ready before those that serve",
    world: [set(2, { status: counts(2) }), pod("a"), pod("b", { ready: false }), pod("c")],
    key: "ns/web",
    writes: [{ verb: "delete", kind: "Pod", key: "ns/b", body: { preconditions: { uid: "pod-b" } } }],
    events: ["Normal SuccessfulDelete Deleted pod: b"],
  },
  {
    name: "replicaset: pods that failed or leave are not counted",
    world: [set(1, { status: counts(1) }), pod("a"), pod("b", { phase: "Failed" })],
    key: "ns/web",
  },
  {
    name: "replicaset: adopts a matching orphan instead of making a pod",
    world: [set(1, { status: counts(1) }), pod("a", { owned: false })],
    key: "ns/web",
    writes: [{ verb: "patch", kind: "Pod", key: "ns/a", partial: { metadata: { ownerReferences: [{ kind: "ReplicaSet", uid: "set" }] } } }],
    settles: true,
  },
  {
    name: "replicaset: releases a pod whose labels no longer match, and replaces it",
    world: [set(1), pod("a", { labels: { app: "other" } })],
    key: "ns/web",
    writes: [{ verb: "patch", kind: "Pod", key: "ns/a", partial: { metadata: { ownerReferences: [] } } }, created],
    outcome: { kind: "requeueAfter", afterMs: ECHO_MS },
    events: ["Normal SuccessfulCreate Created pod: web-4"],
  },
  {
    name: "replicaset: says why it cannot make pods, and tries again",
    world: [set(1)],
    key: "ns/web",
    faults: [failNth(1, matching("Pod", "create"), apiError("Forbidden", "exceeded quota"))],
    writes: [
      {
        verb: "status",
        kind: "ReplicaSet",
        key: "ns/web",
        partial: {
          status: {
            replicas: 0,
            conditions: [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" }],
          },
        },
      },
    ],
    events: ["Warning FailedCreate Error creating: exceeded quota"],
    outcome: { kind: "failed", message: "exceeded quota" },
  },
  {
    name: "replicaset: comes back when minReadySeconds are over",
    world: [set(1, { spec: { ...set(1).spec, selector: { matchLabels: labels }, minReadySeconds: 10 } }), pod("a")],
    key: "ns/web",
    now: Date.parse("2025-01-01T00:00:04Z"),
    writes: [{ verb: "status", kind: "ReplicaSet", key: "ns/web", body: { ...set(1), ...statusOnly() } }],
    outcome: { kind: "requeueAfter", afterMs: 6000 },
  },
]);

function statusOnly(): object {
  return {
    metadata: { ...key, uid: "set", generation: 1, resourceVersion: "1", creationTimestamp: "2025-01-01T00:00:04Z" },
    spec: { ...set(1).spec, minReadySeconds: 10 },
    status: { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, observedGeneration: 1 },
  };
}

test("replicaset: a watch that lags never leads to too many pods, nor to too few", async () => {
  const world = new World({ objects: [set(5)] });
  const controller = replicaSetController(world);
  const turn = () => controller.reconcile(key, new AbortController().signal).catch(() => {}); // the status may conflict
  world.holdInformers();
  await turn();
  await turn();
  assert.equal(world.list(podKind).length, 5);
  world.releaseInformers();
  await turn();
  world.put({ ...world.get(replicaSetKind, key), ...set(2) });
  world.holdInformers();
  await turn();
  await turn();
  assert.equal(world.list(podKind).length, 2);
});

test("replicaset: pods that the watch shows in the middle of a turn are not made again", async () => {
  const world = new World({ objects: [set(5)] });
  const controller = replicaSetController(world);
  const turn = () => controller.reconcile(key, new AbortController().signal).catch(() => {}); // the status may conflict
  world.holdInformers();
  await turn();
  const second = turn(); // has read the cache
  world.releaseInformers();
  await second;
  assert.equal(world.list(podKind).length, 5);
});

test("replicaset: a pod whose create got no answer is looked for before another is made", async () => {
  const lost = loseNthAnswer(1, matching("Pod", "create"), new TypeError("the connection was reset"));
  const world = new World({ objects: [set(2)], faults: [lost] });
  const controller = replicaSetController(world);
  const turn = () => controller.reconcile(key, new AbortController().signal);
  world.holdInformers();
  await assert.rejects(turn(), TypeError);
  await turn().catch(() => {}); // the status may conflict
  assert.equal(world.list(podKind).length, 2);
});

test("replicaset: a failure that is worded differently each time is not repeated faster than the backoff", async () => {
  let tries = 0;
  const world = new World({
    objects: [set(1)],
    faults: [
      (call, proceed) => (call.verb === "create" ? Promise.reject(apiError("InternalError", `request ${(tries += 1)}`)) : proceed()),
    ],
  });
  await using _running = runControllers([replicaSetController(world)], world);
  await settle(20);
  const before = tries;
  await settle(20);
  assert.equal(tries, before);
  await world.clock.advance(40_000);
  assert.ok(tries > before && tries < 20, `${tries} tries in 40 seconds`);
});

test("replicaset: twenty pods are asked for at the same time", async () => {
  let waiting = 0;
  const gate = Promise.withResolvers<void>();
  const world = new World({
    objects: [set(20)],
    faults: [
      async (call, proceed) => {
        if (call.verb !== "create") return proceed();
        waiting += 1;
        if (waiting === 20) gate.resolve();
        await gate.promise;
        return proceed();
      },
    ],
  });
  await replicaSetController(world).reconcile(key, new AbortController().signal);
  assert.equal(world.list(podKind).length, 20);
});

test("replicaset: gives up unassigned, pending, unready, cheap, then the newest pods first", () => {
  const young = pod("young");
  young.metadata.creationTimestamp = "2025-01-02T00:00:00Z";
  const old = pod("old");
  old.metadata.creationTimestamp = "2025-01-01T00:00:00Z";
  const cheap = pod("cheap");
  cheap.metadata.annotations = { "controller.kubernetes.io/pod-deletion-cost": "-1" };
  const pods = [
    old,
    young,
    cheap,
    pod("unready", { ready: false }),
    pod("pending", { phase: "Pending", ready: false }),
    pod("unbound", { node: "" }),
  ];
  const names = deletionOrder(pods).map(({ metadata }) => metadata.name);
  assert.deepEqual(names, ["unbound", "pending", "unready", "cheap", "young", "old"]);
});

test("replicaset: pods that start are counted in one status: when they are ready, or after a moment", async () => {
  for (const isReady of [true, false]) {
    const world = new World({ objects: [set(1)] });
    const { reconcile } = replicaSetController(world);
    const look = () => reconcile({ namespace: "ns", name: "web" }, new AbortController().signal);
    const statuses = () => world.writes.filter(({ verb }) => verb === "status").map(({ body }) => (body as ReplicaSet).status);
    await look();
    const [made] = world.list(podKind);
    if (isReady) world.put({ ...made, status: { conditions: [{ type: "Ready", status: "True" }] } } as KubeObject);
    else await world.clock.advance(ECHO_MS - 1);
    await look();
    if (!isReady) {
      assert.deepEqual(statuses(), []);
      await world.clock.advance(1);
      await look();
    }
    const counts = isReady ? { readyReplicas: 1, availableReplicas: 1 } : {};
    const [status, ...others] = statuses();
    assert.deepEqual(others, []);
    assert.deepEqual({ ...status }, { ...status, replicas: 1, fullyLabeledReplicas: 1, ...counts });
  }
});
