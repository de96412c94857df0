import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointsKind } from "../../../../api/core/endpoints.ts";
import { podKind } from "../../../../api/core/pod.ts";
import { serviceKind } from "../../../../api/core/service.ts";
import { endpointSliceKind } from "../../../../api/discovery/endpoint-slice.ts";
import type { Pod, Service } from "../../../../api/k8s/types.generated.ts";
import { shortHash } from "../../../../api/names/short-hash.ts";
import { passTime } from "../../../../testing/clock.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { World } from "../../../../testing/world.ts";
import { runControllers } from "../../../controller/run-controllers.ts";
import { endpointsController } from "../endpoints/controller.ts";
import { endpointSliceController } from "./controller.ts";

const labels = { app: "web" };

function service(more: Partial<NonNullable<Service["spec"]>> = {}): Service {
  const ports = [
    { name: "http", port: 80, protocol: "TCP", targetPort: 8080 },
    { name: "metrics", port: 9090, protocol: "TCP", targetPort: "prom" },
  ];
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "ns", name: "web", uid: "s", labels: { team: "a" } },
    spec: { selector: labels, ports, ...more },
  };
}

interface PodFacts {
  readonly ip?: string;
  readonly ready?: boolean;
  readonly ports?: string;
  readonly leaving?: boolean;
}

function pod(name: string, { ip = "127.0.0.1", ready = true, leaving = false, ports }: PodFacts = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: "ns",
      name,
      labels,
      ...(ports === undefined ? {} : { annotations: { "kinetic.dev/ports": ports } }),
      ...(leaving ? { deletionTimestamp: "2025-01-01T00:00:00Z" } : {}),
    },
    spec: { nodeName: "n", containers: [{ name: "c", ports: [{ name: "prom", containerPort: 9000 }] }] },
    status: { phase: "Running", podIP: ip, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

const sliceName = (name: string) => `ns/web-${shortHash(`pod-${name}`)}`;
const target = (name: string) => ({ kind: "Pod", namespace: "ns", name, uid: `pod-${name}` });
const conditions = (ready: boolean, serving: boolean, terminating: boolean) => ({ ready, serving, terminating });
const create = (name: string, partial: object) => ({ verb: "create", kind: "EndpointSlice", key: sliceName(name), partial }) as const;

reconcileTable(endpointSliceController, [
  {
    name: "endpointslice: one slice a pod, with the ports that the pod really has",
    world: [service(), pod("a", { ports: '{"8080":41013,"9000":41014}' }), pod("b", { ports: '{"8080":41015}' })],
    key: "ns/web",
    writes: [
      {
        verb: "create",
        kind: "EndpointSlice",
        key: sliceName("a"),
        body: {
          apiVersion: "discovery.k8s.io/v1",
          kind: "EndpointSlice",
          metadata: {
            name: `web-${shortHash("pod-a")}`,
            namespace: "ns",
            labels: {
              team: "a",
              "kubernetes.io/service-name": "web",
              "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            },
            ownerReferences: [{ apiVersion: "v1", kind: "Service", name: "web", uid: "s", controller: true, blockOwnerDeletion: true }],
          },
          addressType: "IPv4",
          endpoints: [{ addresses: ["127.0.0.1"], conditions: conditions(true, true, false), nodeName: "n", targetRef: target("a") }],
          ports: [
            { name: "http", protocol: "TCP", port: 41013 },
            { name: "metrics", protocol: "TCP", port: 41014 },
          ],
        },
      },
      create("b", { ports: [{ port: 41015 }, { port: 9000 }] }),
    ],
    settles: true,
  },
  {
    name: "endpointslice: a pod with an address of its own keeps the plain ports",
    world: [service(), pod("a", { ip: "fd00::5" })],
    key: "ns/web",
    writes: [create("a", { addressType: "IPv6", ports: [{ port: 8080 }, { port: 9000 }] })],
  },
  {
    name: "endpointslice: a pod that leaves still serves, but is not ready",
    world: [service(), pod("a", { leaving: true })],
    key: "ns/web",
    writes: [create("a", { endpoints: [{ conditions: conditions(false, true, true) }] })],
  },
  {
    name: "endpointslice: publishNotReadyAddresses makes everything ready",
    world: [service({ publishNotReadyAddresses: true }), pod("a", { ready: false })],
    key: "ns/web",
    writes: [create("a", { endpoints: [{ conditions: conditions(true, true, false) }] })],
  },
  { name: "endpointslice: a pod without address has no slice", world: [service(), pod("a", { ip: "" })], key: "ns/web" },
  {
    name: "endpointslice: an annotation that is nonsense counts as none",
    world: [service(), pod("a", { ports: "{{" })],
    key: "ns/web",
    writes: [create("a", { ports: [{ port: 8080 }, { port: 9000 }] })],
  },
]);

test("endpointslice and endpoints follow pods, and Endpoints the Service, until nothing is left", async () => {
  const world = new World({ objects: [service(), pod("a"), pod("b", { ready: false })] });
  await using _running = runControllers([endpointSliceController(world), endpointsController(world)], world);
  await passTime(world.clock, 14);
  assert.equal(world.list(endpointSliceKind).length, 2);
  const address = (name: string) => ({ ip: "127.0.0.1", nodeName: "n", targetRef: target(name) });
  const ports = [
    { name: "http", protocol: "TCP", port: 8080 },
    { name: "metrics", protocol: "TCP", port: 9000 },
  ];
  assert.deepEqual(world.list(endpointsKind)[0]?.subsets, [{ ports, addresses: [address("a")], notReadyAddresses: [address("b")] }]);
  world.put(pod("a", { ports: '{"8080":41013}' }));
  world.remove(podKind, { namespace: "ns", name: "b" });
  await passTime(world.clock, 14);
  assert.deepEqual(
    world.list(endpointSliceKind).map(({ ports: [first] = [] }) => first?.port),
    [41013],
  );
  assert.deepEqual(
    world.list(endpointsKind)[0]?.subsets?.map(({ ports: [first] = [] }) => first?.port),
    [41013],
  );
  world.remove(serviceKind, { namespace: "ns", name: "web" });
  await passTime(world.clock, 14);
  assert.deepEqual(world.list(endpointsKind), []);
});

reconcileTable(endpointsController, [
  {
    name: "endpoints: pods that share an address and differ in ports are subsets of their own; those that leave are not in it",
    world: [service(), pod("a", { ports: '{"8080":1}' }), pod("b", { ports: '{"8080":2}' }), pod("c", { leaving: true })],
    key: "ns/web",
    writes: [
      {
        verb: "create",
        kind: "Endpoints",
        key: "ns/web",
        partial: {
          metadata: { labels: { team: "a" } },
          subsets: [{ ports: [{ port: 1 }, { port: 9000 }] }, { ports: [{ port: 2 }, { port: 9000 }] }],
        },
      },
    ],
    settles: true,
  },
  {
    name: "endpoints: exist also while no pod does",
    world: [service()],
    key: "ns/web",
    writes: [
      {
        verb: "create",
        kind: "Endpoints",
        key: "ns/web",
        body: { apiVersion: "v1", kind: "Endpoints", metadata: { namespace: "ns", name: "web", labels: { team: "a" } } },
      },
    ],
    settles: true,
  },
  { name: "endpoints: those of a Service without selector belong to people", world: [service({ selector: {} })], key: "ns/web" },
]);
