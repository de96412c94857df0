import assert from "node:assert/strict";
import { test } from "node:test";
import type { PodAutoscaler } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import type { StatReport } from "../../../../api/ports/stats.ts";
import { assertWrites, reconcileTable } from "../../../../testing/reconcile-table.ts";
import { ECHO_MS } from "../../../controller/sources.ts";
import { World } from "../../../../testing/world.ts";
import { Autoscaler } from "./autoscaler.ts";
import { podAutoscalerController } from "./controller.ts";

const NOW = Date.parse("2026-11-24T10:00:00Z");
const labels = { "serving.knative.dev/revision": "hello-00001", "serving.knative.dev/revisionUID": "rev-uid" };
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString().replace(".000Z", "Z");

interface PaOptions {
  readonly annotations?: Record<string, string>;
  readonly status?: PodAutoscaler["status"];
  readonly reachability?: "Reachable" | "Unreachable";
}

const pa = ({ annotations = {}, status, reachability = "Reachable" }: PaOptions = {}): KubeObject => ({
  apiVersion: "autoscaling.internal.knative.dev/v1alpha1",
  kind: "PodAutoscaler",
  metadata: { name: "hello-00001", namespace: "default", uid: "pa-uid", generation: 1, labels, annotations },
  ...{
    spec: {
      protocolType: "http1",
      reachability,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "hello-00001-deployment" },
    },
    ...(status === undefined ? {} : { status }),
  },
});

const deployment = (replicas: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "hello-00001-deployment", namespace: "default", uid: "d", generation: 1, labels },
  ...{ spec: { replicas, selector: {}, template: { metadata: {} } } },
});

const slice = (name: string, ready: boolean): KubeObject => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name, namespace: "default", labels: { ...labels, "kubernetes.io/service-name": "hello-00001-private" } },
  ...{ addressType: "IPv4", endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready } }] },
});

const sks: KubeObject = {
  apiVersion: "networking.internal.knative.dev/v1alpha1",
  kind: "ServerlessService",
  metadata: {
    name: "hello-00001",
    namespace: "default",
    uid: "s",
    generation: 1,
    labels,
    annotations: {},
    ownerReferences: [
      {
        apiVersion: "autoscaling.internal.knative.dev/v1alpha1",
        kind: "PodAutoscaler",
        name: "hello-00001",
        uid: "pa-uid",
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  ...{
    spec: {
      mode: "Proxy",
      numActivators: 4,
      objectRef: { apiVersion: "apps/v1", kind: "Deployment", name: "hello-00001-deployment" },
      protocolType: "http1",
    },
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      observedGeneration: 1,
      serviceName: "hello-00001",
      privateServiceName: "hello-00001-private",
    },
  },
};

const conditions = (active: "True" | "False" | "Unknown", secondsAgo: number, reason?: string) => [
  { type: "Active", status: active, lastTransitionTime: at(secondsAgo), ...(reason === undefined ? {} : { reason }) },
  { type: "Ready", status: active, lastTransitionTime: at(secondsAgo) },
  { type: "SKSReady", status: "True" as const, lastTransitionTime: at(secondsAgo) },
  { type: "ScaleTargetInitialized", status: "True" as const, lastTransitionTime: at(secondsAgo) },
];

const stat = (fields: Partial<StatReport["stats"][number]>, intervalMs = 0): StatReport => ({
  gateway: "g",
  at: NOW,
  intervalMs,
  stats: [{ revision: "default/hello-00001", averageConcurrency: 0, concurrency: 0, queued: 0, requestCount: 0, ...fields }],
});

/** A controller whose autoscaler has met the revision and then these reports. */
const controller = (world: World, reports: readonly StatReport[] = []) => {
  const autoscaler = new Autoscaler(world.clock);
  const made = podAutoscalerController(world, autoscaler);
  return {
    reconcile: async (...args: Parameters<typeof made.reconcile>) => {
      if (reports.length > 0 && autoscaler.decision("default/hello-00001") === undefined) {
        autoscaler.track("default/hello-00001", trackedAtZero);
        for (const report of reports) autoscaler.report(report);
        if (!reports.some((report) => report.stats.some((one) => one.queued > 0))) {
          autoscaler.start();
          await world.clock.advance(2000);
          autoscaler[Symbol.dispose]();
        }
      }
      return made.reconcile(...args);
    },
  };
};

const trackedAtZero: Parameters<Autoscaler["track"]>[1] = {
  reachable: true,
  readyPods: 0,
  spec: {
    metric: "concurrency",
    target: 70,
    total: 100,
    aggregation: "linear",
    stableWindowMs: 60_000,
    panicWindowMs: 6000,
    panicThreshold: 2,
    maxScaleUpRate: 1000,
    maxScaleDownRate: 2,
    activationScale: 0,
    scaleDownDelayMs: 0,
    targetBurstCapacity: 211,
    initialScale: 1,
    minScale: 0,
    maxScale: 0,
    podRetentionMs: 0,
    gracePeriodMs: 30_000,
    enableScaleToZero: true,
  },
};

reconcileTable(controller, [
  {
    name: "a new PodAutoscaler gets its children and waits for its first instance",
    world: [pa(), deployment(1)],
    key: "default/hello-00001",
    now: NOW,
    writes: [
      { verb: "create", kind: "ServerlessService", key: "default/hello-00001", partial: { spec: { mode: "Proxy", numActivators: 4 } } },
      {
        verb: "create",
        kind: "Metric",
        key: "default/hello-00001",
        partial: { spec: { panicWindow: 6_000_000_000, stableWindow: 60_000_000_000, scrapeTarget: "hello-00001-private" } },
      },
    ],
    settles: true,
    outcome: { kind: "requeueAfter", afterMs: ECHO_MS },
  },
  {
    name: "the first ready instance makes it active and initialized",
    world: [
      pa({ status: { conditions: conditions("Unknown", 1, "Queued").slice(0, 2), desiredScale: -1 } }),
      deployment(1),
      slice("a", true),
      sks,
    ],
    key: "default/hello-00001",
    now: NOW,
    writes: [
      { verb: "create", kind: "Metric", key: "default/hello-00001" },
      {
        verb: "status",
        kind: "PodAutoscaler",
        key: "default/hello-00001",
        partial: {
          status: {
            actualScale: 1,
            serviceName: "hello-00001",
            metricsServiceName: "hello-00001-private",
            conditions: [
              { type: "Active", status: "True" },
              { type: "Ready", status: "True" },
              { type: "SKSReady", status: "True" },
              { type: "ScaleTargetInitialized", status: "True" },
            ],
          },
        },
      },
    ],
    outcome: { kind: "requeueAfter", afterMs: 629_000 },
  },
  {
    name: "an endpoint that is not ready does not count",
    world: [pa({ status: { conditions: conditions("Unknown", 1, "Queued"), desiredScale: -1 } }), deployment(1), slice("a", false), sks],
    key: "default/hello-00001",
    now: NOW,
    outcome: { kind: "requeueAfter", afterMs: 629_000 },
    writes: [
      { verb: "create", kind: "Metric", key: "default/hello-00001" },
      { verb: "status", kind: "PodAutoscaler", key: "default/hello-00001", partial: { status: { actualScale: 0 } } },
    ],
  },
  {
    name: "somebody else's class is left alone",
    world: [pa({ annotations: { "autoscaling.knative.dev/class": "other.example.com" } }), deployment(1)],
    key: "default/hello-00001",
  },
  {
    name: "the HPA class, which is not here, says so instead of waiting in silence",
    world: [pa({ annotations: { "autoscaling.knative.dev/class": "hpa.autoscaling.knative.dev" } }), deployment(1)],
    key: "default/hello-00001",
    now: NOW,
    writes: [
      {
        verb: "status",
        kind: "PodAutoscaler",
        key: "default/hello-00001",
        partial: { status: { conditions: [{ type: "Active", status: "False", reason: "UnsupportedClass" }, { status: "False" }, {}, {}] } },
      },
    ],
    settles: true,
  },
]);

reconcileTable(
  (world) => controller(world, [stat({ concurrency: 1, queued: 1 })]),
  [
    {
      name: "a request that waits at zero scales the target, and everything else is written later",
      world: [pa({ status: { conditions: conditions("False", 100, "NoTraffic"), desiredScale: 0, actualScale: 0 } }), deployment(0), sks],
      key: "default/hello-00001",
      now: NOW,
      writes: [
        {
          verb: "patch scale",
          kind: "Deployment",
          key: "default/hello-00001-deployment",
          body: [{ op: "add", path: "/spec/replicas", value: 1 }],
        },
      ],
      outcome: { kind: "requeueAfter", afterMs: 25 },
    },
    {
      name: "a request that waits for an instance that is being started: its PodAutoscaler says so",
      world: [pa({ status: { conditions: conditions("False", 100, "NoTraffic"), desiredScale: 0, actualScale: 0 } }), deployment(1), sks],
      key: "default/hello-00001",
      now: NOW,
      writes: [
        { verb: "create", kind: "Metric", key: "default/hello-00001" },
        {
          verb: "status",
          kind: "PodAutoscaler",
          key: "default/hello-00001",
          partial: { status: { desiredScale: 1, conditions: [{ type: "Active", status: "Unknown", reason: "Queued" }, {}, {}, {}] } },
        },
      ],
    },
  ],
);

reconcileTable(
  (world) => controller(world, [stat({}, 1000)]),
  [
    {
      name: "idle for less than the window: one instance stays, and it is looked at again when the window is over",
      world: [
        pa({ status: { conditions: conditions("True", 20), desiredScale: 1, actualScale: 1 } }),
        deployment(1),
        slice("a", true),
        sks,
      ],
      key: "default/hello-00001",
      now: NOW,
      writes: [
        { verb: "create", kind: "Metric", key: "default/hello-00001" },
        { verb: "status", kind: "PodAutoscaler", key: "default/hello-00001" },
      ],
      outcome: { kind: "requeueAfter", afterMs: 38_000 },
    },
  ],
);

test("a poke is evaluated at once, and listeners hear of a changed decision only", () => {
  const world = new World({ now: NOW });
  const autoscaler = new Autoscaler(world.clock);
  const heard: string[] = [];
  autoscaler.onChange((key) => heard.push(key.name));
  autoscaler.track("default/hello-00001", trackedAtZero);
  autoscaler.report(stat({ concurrency: 1, queued: 1 }));
  autoscaler.report(stat({ concurrency: 2, queued: 2 }));
  autoscaler.report({ ...stat({ concurrency: 9, queued: 9 }), stats: [{ ...stat({}).stats[0]!, revision: "default/unknown", queued: 9 }] });
  assert.deepEqual(heard, ["hello-00001"]);
  assert.equal(autoscaler.decision("default/hello-00001")?.desired, 1);
  autoscaler.report(stat({ concurrency: 150, queued: 150 }));
  assert.equal(autoscaler.decision("default/hello-00001")?.desired, 3);
});

test("the clockwork evaluates every two seconds and stops when disposed", async () => {
  const world = new World({ now: NOW });
  const autoscaler = new Autoscaler(world.clock);
  autoscaler.track("default/hello-00001", { ...trackedAtZero, readyPods: 1 });
  autoscaler.start();
  await world.clock.advance(1000);
  assert.equal(autoscaler.decision("default/hello-00001"), undefined);
  await world.clock.advance(1000);
  assert.equal(autoscaler.decision("default/hello-00001")?.desired, 0);
  autoscaler[Symbol.dispose]();
  autoscaler.forget("default/hello-00001");
  autoscaler.track("default/hello-00001", trackedAtZero);
  await world.clock.advance(10_000);
  assert.equal(autoscaler.decision("default/hello-00001"), undefined);
});

test("a wait is told once it has lasted, and then with all its reasons", async () => {
  const world = new World({ objects: [pa(), deployment(1)], now: NOW });
  const { reconcile } = controller(world);
  const look = () => reconcile({ namespace: "default", name: "hello-00001" }, new AbortController().signal);
  const statuses = () => world.writes.filter(({ verb }) => verb === "status");
  await look();
  await world.clock.advance(ECHO_MS - 1);
  await look();
  assert.deepEqual(statuses(), []);
  await world.clock.advance(1);
  await look();
  assertWrites(statuses(), [
    {
      verb: "status",
      kind: "PodAutoscaler",
      key: "default/hello-00001",
      partial: {
        status: {
          desiredScale: -1,
          actualScale: 0,
          conditions: [
            {
              type: "Active",
              status: "Unknown",
              reason: "Queued",
              message: "Requests to the target are being buffered as resources are provisioned.",
            },
            { type: "Ready", status: "Unknown", reason: "Queued" },
            { type: "SKSReady", status: "Unknown", reason: "NotReady", message: "No Private Service Name" },
            { type: "ScaleTargetInitialized", status: "Unknown", reason: "Queued" },
          ],
        },
      },
    },
  ]);
  await look();
  assert.equal(statuses().length, 1);
});
