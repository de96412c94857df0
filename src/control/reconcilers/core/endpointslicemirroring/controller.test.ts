import { reconcileTable } from "../../../../testing/reconcile-table.ts";
import { endpointSliceMirroringController } from "./controller.ts";
import { mirrorSlices } from "./resources.ts";

const metadata = { namespace: "ns", name: "db" };
const service = { apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: 5432 }] } };
const selecting = { ...service, spec: { ...service.spec, selector: { a: "b" } } };
const endpoints = {
  apiVersion: "v1",
  kind: "Endpoints",
  metadata: { ...metadata, labels: { a: "b" }, annotations: { note: "x", "endpoints.kubernetes.io/last-change-trigger-time": "now" } },
  subsets: [{ addresses: [{ ip: "10.0.0.1" }], notReadyAddresses: [{ ip: "10.0.0.2" }, { ip: "fd00::1" }], ports: [{ port: 5432 }] }],
};
const uid = "endpoints-db";
const names = mirrorSlices({ ...endpoints, metadata: { ...endpoints.metadata, uid } }).map((slice) => slice.metadata.name);

reconcileTable(endpointSliceMirroringController, [
  {
    name: "mirroring: Endpoints made by hand become slices, one an address family",
    world: [service, endpoints],
    key: "ns/db",
    writes: [
      {
        verb: "create",
        kind: "EndpointSlice",
        key: `ns/${names[0]}`,
        body: {
          apiVersion: "discovery.k8s.io/v1",
          kind: "EndpointSlice",
          metadata: {
            name: names[0],
            namespace: "ns",
            labels: {
              a: "b",
              "kubernetes.io/service-name": "db",
              "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
            },
            annotations: { note: "x" },
            ownerReferences: [{ apiVersion: "v1", kind: "Endpoints", name: "db", uid, controller: true, blockOwnerDeletion: true }],
          },
          addressType: "IPv4",
          endpoints: [
            { addresses: ["10.0.0.1"], conditions: { ready: true } },
            { addresses: ["10.0.0.2"], conditions: { ready: false } },
          ],
          ports: [{ name: "", protocol: "TCP", port: 5432 }],
        },
      },
      { verb: "create", kind: "EndpointSlice", key: `ns/${names[1]}`, partial: { addressType: "IPv6" } },
    ],
    settles: true,
  },
  {
    name: "mirroring: Services with a selector are not mirrored",
    world: [selecting, endpoints],
    key: "ns/db",
  },
  {
    name: "mirroring: skip-mirror is obeyed",
    world: [service, { ...endpoints, metadata: { ...metadata, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } } }],
    key: "ns/db",
  },
  {
    name: "mirroring: slices go with the Endpoints",
    world: [
      service,
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: {
          namespace: "ns",
          name: "db-x",
          labels: {
            "kubernetes.io/service-name": "db",
            "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
          },
        },
      },
    ],
    key: "ns/db",
    writes: [{ verb: "delete", kind: "EndpointSlice", key: "ns/db-x" }],
  },
]);
