import assert from "node:assert/strict";
import { test } from "node:test";
import { podKind } from "../../../../api/core/pod.ts";
import type { Node, Pod } from "../../../../api/k8s/types.generated.ts";
import { apiError } from "../../../../api/meta/errors.ts";
import { failNth, matching, type Interceptor } from "../../../../client/faults.ts";
import { runControllers } from "../../../controller/run-controllers.ts";
import { settle } from "../../../../testing/clock.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { World } from "../../../../testing/world.ts";
import { schedulerController } from "./controller.ts";

type Spec = Partial<NonNullable<Pod["spec"]>>;

function node(allocatable: Record<string, string> = { cpu: "1", memory: "1Gi", pods: "10" }, spec: Node["spec"] = {}): Node {
  return { apiVersion: "v1", kind: "Node", metadata: { name: "n", labels: { disk: "ssd" } }, spec, status: { allocatable } };
}

function pod(name: string, cpu = "500m", spec: Spec = {}): Pod {
  const containers = [{ name: "c", resources: { requests: { cpu, memory: "100Mi" } } }];
  return { apiVersion: "v1", kind: "Pod", metadata: { namespace: "ns", name }, spec: { containers, ...spec } };
}

const bound = (name: string) =>
  ({
    verb: "create binding",
    kind: "Binding",
    key: `ns/${name}`,
    body: {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { namespace: "ns", name, uid: `pod-${name}` },
      target: { kind: "Node", name: "n" },
    },
  }) as const;
const assigned = (name: string) => `Normal Scheduled Successfully assigned ns/${name} to n`;

function refused(reason: string) {
  const preemption = "0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
  const message = `0/1 nodes are available: 1 ${reason}. no new claims to deallocate, preemption: ${preemption}`;
  return {
    writes: [
      {
        verb: "status",
        kind: "Pod",
        key: "ns/a",
        partial: {
          status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] },
        },
      },
    ],
    events: [`Warning FailedScheduling ${message}`],
    settles: true,
  } as const;
}

const ssd = { nodeSelector: { disk: "ssd" } };
const taint = { taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] };
const toleration = { tolerations: [{ key: "gpu", operator: "Exists" }] };

reconcileTable(schedulerController, [
  {
    name: "scheduler: binds a pod that fits, with one write",
    world: [node(), pod("a")],
    key: "ns/a",
    writes: [bound("a")],
    events: [assigned("a")],
  },
  { name: "scheduler: leaves a bound pod alone", world: [node(), pod("a", "1", { nodeName: "n" })], key: "ns/a" },
  { name: "scheduler: leaves pods of another scheduler alone", world: [node(), pod("a", "1m", { schedulerName: "other" })], key: "ns/a" },
  {
    name: "scheduler: counts what runs already",
    world: [node(), pod("b", "600m", { nodeName: "n" }), pod("a")],
    key: "ns/a",
    ...refused("Insufficient cpu"),
  },
  { name: "scheduler: a pod larger than the node waits", world: [node(), pod("a", "20")], key: "ns/a", ...refused("Insufficient cpu") },
  {
    name: "scheduler: the number of pods is a limit of its own",
    world: [node({ cpu: "9", memory: "9Gi", pods: "1" }), pod("b", "1m", { nodeName: "n" }), pod("a")],
    key: "ns/a",
    ...refused("Too many pods"),
  },
  {
    name: "scheduler: nodeSelector keeps a pod away",
    world: [node(), pod("a", "1m", { nodeSelector: { disk: "hdd" } })],
    key: "ns/a",
    ...refused("node(s) didn't match Pod's node affinity/selector"),
  },
  {
    name: "scheduler: nodeSelector that matches",
    world: [node(), pod("a", "1m", ssd)],
    key: "ns/a",
    writes: [bound("a")],
    events: [assigned("a")],
  },
  {
    name: "scheduler: an untolerated taint keeps a pod away",
    world: [node(undefined, taint), pod("a")],
    key: "ns/a",
    ...refused("node(s) had untolerated taint {gpu: yes}"),
  },
  {
    name: "scheduler: a tolerated taint does not",
    world: [node(undefined, taint), pod("a", "1m", toleration)],
    key: "ns/a",
    writes: [bound("a")],
    events: [assigned("a")],
  },
  {
    name: "scheduler: a cordoned node takes nothing",
    world: [node(undefined, { unschedulable: true }), pod("a")],
    key: "ns/a",
    ...refused("node(s) were unschedulable"),
  },
  {
    name: "scheduler: a binding that fails is tried again",
    world: [node(), pod("a")],
    key: "ns/a",
    faults: [failNth(1, matching("Binding", "create"), apiError("InternalError", "disk full"))],
    outcome: { kind: "failed", message: "disk full" },
  },
]);

test("scheduler: decisions of one turn see each other before the watch does", async () => {
  const world = new World({ objects: [node(), pod("a", "600m"), pod("b", "600m")] });
  const scheduler = schedulerController(world);
  world.holdInformers();
  const signal = new AbortController().signal;
  await Promise.all(["a", "b"].map((name) => scheduler.reconcile({ namespace: "ns", name }, signal)));
  assert.deepEqual(
    world.writes.map(({ verb, key }) => `${verb} ${key}`),
    ["create binding ns/a", "status ns/b"],
  );
});

/** Counts bindings that are tried, and makes each of them end like this. */
const bindings = (end: (proceed: () => Promise<unknown>) => Promise<unknown>) => {
  const seen = { tries: 0 };
  const fault: Interceptor = (call, proceed) => {
    if (call.kind.kind !== "Binding") return proceed();
    seen.tries += 1;
    return end(proceed);
  };
  return { seen, fault };
};

test("scheduler: bindings that fail are repeated with backoff, however many pods wait", async () => {
  const { seen, fault } = bindings(() => Promise.reject(apiError("InternalError", "disk full")));
  const world = new World({ objects: [node(), pod("a", "1m"), pod("b", "1m")], faults: [fault] });
  await using _running = runControllers([schedulerController(world)], world);
  await settle(50);
  assert.ok(seen.tries >= 2 && seen.tries <= 4, `${seen.tries} tries in no time`);
});

test("scheduler: a pod that is bound is not bound again while the watch lags", async () => {
  const { seen, fault } = bindings(async (proceed) => {
    await proceed();
    throw new TypeError("the connection was reset before the answer");
  });
  const world = new World({ objects: [node(), pod("a", "1m"), pod("b", "1m")], faults: [fault] });
  world.holdInformers();
  await using _running = runControllers([schedulerController(world)], world);
  await settle();
  await world.clock.advance(500);
  assert.ok(seen.tries <= 4, `${seen.tries} tries`);
});

test("scheduler: a pod whose binding failed does not stand in its own way", async () => {
  const faults = [failNth(1, matching("Binding", "create"), apiError("InternalError", "disk full"))];
  const world = new World({ objects: [node(), pod("a", "600m")], faults });
  await using _running = runControllers([schedulerController(world)], world);
  await world.clock.advance(100);
  assert.equal(world.get(podKind, { namespace: "ns", name: "a" })?.spec?.nodeName, "n");
});

test("scheduler: a waiting pod is bound as soon as capacity frees", async () => {
  const world = new World({ objects: [node(), pod("big", "1", { nodeName: "n" }), pod("a")] });
  await using _running = runControllers([schedulerController(world)], world);
  await settle();
  const nodeOf = () => world.get(podKind, { namespace: "ns", name: "a" })?.spec?.nodeName;
  assert.equal(nodeOf(), undefined);
  world.remove(podKind, { namespace: "ns", name: "big" });
  await settle();
  assert.equal(nodeOf(), "n");
});
