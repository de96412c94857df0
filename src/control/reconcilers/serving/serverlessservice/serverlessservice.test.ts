import type { KubeObject } from "../../../../api/meta/object.ts";
import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { serverlessServiceController } from "./controller.ts";

const NOW = Date.parse("2026-11-24T10:00:00Z");
const labels = { "serving.knative.dev/revision": "hello-00001", "serving.knative.dev/revisionUID": "rev-uid" };
const gateway = { ip: "127.0.0.1", port: 8081 };

const sks = (protocolType: "http1" | "h2c" = "http1"): KubeObject => ({
  apiVersion: "networking.internal.knative.dev/v1alpha1",
  kind: "ServerlessService",
  metadata: { name: "hello-00001", namespace: "default", uid: "s", generation: 2, labels },
  ...{ spec: { mode: "Proxy", numActivators: 2, objectRef: {}, protocolType } },
});

const slice: KubeObject = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "a", namespace: "default", labels: { ...labels, "kubernetes.io/service-name": "hello-00001-private" } },
  ...{ addressType: "IPv4", endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true } }] },
};

/** A Service as the API server keeps it: with an address and every default. */
const kept = (name: string, type: "Public" | "Private", ports: object[], selector?: object): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name,
    namespace: "default",
    uid: name,
    labels: {
      ...labels,
      "networking.internal.knative.dev/serverlessservice": "hello-00001",
      "networking.internal.knative.dev/serviceType": type,
    },
    ownerReferences: [
      {
        apiVersion: "networking.internal.knative.dev/v1alpha1",
        kind: "ServerlessService",
        name: "hello-00001",
        uid: "s",
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  ...{
    spec: { clusterIP: "10.96.0.9", sessionAffinity: "None", type: "ClusterIP", ports, ...(selector === undefined ? {} : { selector }) },
  },
});

const keptServices = [
  kept("hello-00001-private", "Private", [{ name: "http", port: 80, protocol: "TCP", targetPort: "user-port", nodePort: 0 }], {
    "serving.knative.dev/revisionUID": "rev-uid",
  }),
  kept("hello-00001", "Public", [{ name: "http", port: 80, protocol: "TCP", targetPort: 8081, nodePort: 0 }]),
];

const foreign: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "hello-00001-private", namespace: "default", uid: "f" },
  ...{ spec: {} },
};

const children = (port: object) => [
  {
    verb: "create" as const,
    kind: "Service",
    key: "default/hello-00001-private",
    partial: { spec: { ports: [{ ...port, targetPort: "user-port" }], selector: { "serving.knative.dev/revisionUID": "rev-uid" } } },
  },
  { verb: "create" as const, kind: "Service", key: "default/hello-00001", partial: { spec: { ports: [{ ...port, targetPort: 8081 }] } } },
  {
    verb: "create" as const,
    kind: "Endpoints",
    key: "default/hello-00001",
    partial: { subsets: [{ addresses: [{ ip: "127.0.0.1" }], ports: [{ port: 8081 }] }] },
  },
];

const status = (populated: object, ready: object) => ({
  verb: "status" as const,
  kind: "ServerlessService",
  key: "default/hello-00001",
  partial: {
    status: {
      observedGeneration: 2,
      serviceName: "hello-00001",
      privateServiceName: "hello-00001-private",
      conditions: [
        { type: "ActivatorEndpointsPopulated", status: "True", severity: "Info", message: "Revision is backed by Activator" },
        { type: "EndpointsPopulated", ...populated },
        { type: "Ready", ...ready },
      ],
    },
  },
});

const unhealthy = { status: "Unknown", reason: "NoHealthyBackends", message: "K8s Service is not ready" };

reconcileTable(
  (world) => serverlessServiceController(world, gateway),
  [
    {
      name: "a new revision gets its private and public Service, and says that nothing backs it yet",
      world: [sks()],
      key: "default/hello-00001",
      now: NOW,
      writes: [...children({ name: "http", port: 80 }), status(unhealthy, unhealthy)],
      settles: true,
    },
    {
      name: "with a ready endpoint it is populated",
      world: [sks(), slice],
      key: "default/hello-00001",
      now: NOW,
      writes: [...children({ name: "http", port: 80 }), status({ status: "True" }, { status: "True" })],
      settles: true,
    },
    {
      name: "Services that the API server completed are not written again",
      world: [sks(), slice, ...keptServices],
      key: "default/hello-00001",
      now: NOW,
      writes: [{ verb: "create", kind: "Endpoints", key: "default/hello-00001" }, status({ status: "True" }, { status: "True" })],
    },
    {
      name: "h2c shows in the name and protocol of the ports",
      world: [sks("h2c"), slice],
      key: "default/hello-00001",
      now: NOW,
      writes: [...children({ name: "http2", appProtocol: "kubernetes.io/h2c", port: 80 }), status({ status: "True" }, { status: "True" })],
    },
    {
      name: "a Service of somebody else in the way is named and left alone",
      world: [sks(), foreign],
      key: "default/hello-00001",
      now: NOW,
      writes: [
        status(
          { status: "False", reason: "NotOwned" },
          { status: "False", message: 'There is an existing Service "hello-00001-private" that we do not own.' },
        ),
      ],
    },
  ],
);
