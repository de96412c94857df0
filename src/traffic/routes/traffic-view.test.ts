import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceKind } from "../../api/core/service.ts";
import { endpointSliceKind } from "../../api/discovery/endpoint-slice.ts";
import type { EndpointSlice, Service } from "../../api/k8s/types.generated.ts";
import { INGRESS_CLASS } from "../../api/names/kinetic.ts";
import { INGRESS_CLASS_ANNOTATION, SERVICE_TYPE_LABEL } from "../../api/names/labels.ts";
import { ingressKind, type Ingress } from "../../api/networking-internal/ingress.ts";
import { revisionKind, type Revision } from "../../api/serving/revision.ts";
import { projectRevision, projectService, SERVICE_NAME_LABEL } from "./backend.ts";
import { projectIngress } from "./project-ingress.ts";
import { trafficViews } from "./traffic-view.ts";

const view = trafficViews();
const metadata = (name: string, labels: Record<string, string> = {}, annotations: Record<string, string> = {}) => ({
  name,
  namespace: "ns",
  uid: `uid-${name}`,
  resourceVersion: "7",
  creationTimestamp: "2025-01-01T00:00:00Z",
  labels: { app: name, ...labels },
  annotations: { note: "n".repeat(300), ...annotations },
  ownerReferences: [{ apiVersion: "v1", kind: "Service", name: "owner", uid: "owner" }],
  managedFields: [{ manager: "m", operation: "Update", fieldsType: "FieldsV1", fieldsV1: { "f:spec": {} } }],
});

const revision = (name: string, status: "True" | "False", portName: string): Revision =>
  ({
    metadata: metadata(name),
    spec: {
      containerConcurrency: 3,
      timeoutSeconds: 20,
      responseStartTimeoutSeconds: 2,
      idleTimeoutSeconds: 1,
      containers: [
        { name: "sidecar", image: "s" },
        { name: "main", image: "i", ports: [{ name: portName, containerPort: 8080 }], env: [] },
      ],
    },
    status: { observedGeneration: 1, conditions: [{ type: "Active", status, reason: "ExitCode1", message: "it ended" }] },
  }) as Revision;

const slice: EndpointSlice = {
  metadata: metadata("a-x", { [SERVICE_NAME_LABEL]: "a-private" }),
  addressType: "IPv4",
  endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true }, targetRef: { kind: "Pod", name: "p", uid: "u" } }],
  ports: [{ name: "http", port: 41000 }],
};

const service: Service = {
  metadata: metadata("a", { [SERVICE_TYPE_LABEL]: "Public" }),
  spec: { clusterIP: "10.0.0.1", selector: { app: "a" }, ports: [{ name: "http", port: 80, appProtocol: "kubernetes.io/h2c" }] },
  status: { loadBalancer: {} },
};

const ingress: Ingress = {
  metadata: metadata("a", {}, { [INGRESS_CLASS_ANNOTATION]: INGRESS_CLASS }),
  spec: {
    httpOption: "Redirected",
    rules: [
      {
        hosts: ["a.example.com"],
        visibility: "ExternalIP",
        http: { paths: [{ splits: [{ serviceNamespace: "ns", serviceName: "a", servicePort: 80, percent: 100 }] }] },
      },
    ],
  },
};

test("traffic reads the same of a view as of the whole object", () => {
  assert.deepEqual(projectIngress(view(ingressKind, ingress)), projectIngress(ingress));
  const seen = view<EndpointSlice>(endpointSliceKind, slice);
  assert.equal(seen.metadata.labels?.[SERVICE_NAME_LABEL], "a-private");
  for (const [status, port] of [
    ["True", "http1"],
    ["False", "h2c"],
  ] as const) {
    const whole = revision(`rev-${port}`, status, port);
    assert.deepEqual(projectRevision(view(revisionKind, whole), [seen]), projectRevision(whole, [slice]));
  }
  const shown = view<Service>(serviceKind, service);
  assert.deepEqual(projectService(shown, 80, [seen]), projectService(service, 80, [slice]));
  assert.deepEqual([shown.spec?.selector, shown.metadata.labels], [{ app: "a" }, { [SERVICE_TYPE_LABEL]: "Public" }]);
});

test("a view keeps what informers need and little else, and equal parts of two views are one", () => {
  const [a, b] = [view(revisionKind, revision("a", "True", "http1")), view(revisionKind, revision("b", "True", "http1"))];
  const { name, namespace, uid, resourceVersion } = metadata("a");
  assert.deepEqual(
    { ...a.metadata },
    { name, namespace, uid, resourceVersion, creationTimestamp: a.metadata.creationTimestamp, labels: {}, annotations: {} },
  );
  assert.equal(a.spec, b.spec);
  assert.equal(a.status, undefined);
  assert.ok(JSON.stringify(view(ingressKind, ingress)).length < JSON.stringify(ingress).length / 2);
});
