import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ingress, IngressPath } from "../../api/networking-internal/ingress.ts";
import { INGRESS_CLASS } from "../../api/names/kinetic.ts";
import { INGRESS_CLASS_ANNOTATION } from "../../api/names/labels.ts";
import { projectRevision, projectService } from "./backend.ts";
import { isOurs, projectIngress } from "./project-ingress.ts";
import { RouteTable } from "./route-table.ts";
import { hostOf, matchPath } from "./routes.ts";

const split = (serviceName: string, percent?: number, appendHeaders?: Record<string, string>) => ({
  serviceNamespace: "ns",
  serviceName,
  servicePort: 80,
  ...(percent === undefined ? {} : { percent }),
  ...(appendHeaders === undefined ? {} : { appendHeaders }),
});

function ingress(
  paths: readonly IngressPath[],
  more: { name?: string; created?: string; visibility?: "ExternalIP" | "ClusterLocal" } = {},
): Ingress {
  return {
    metadata: {
      namespace: "ns",
      name: more.name ?? "app",
      creationTimestamp: more.created ?? "2025-01-01T00:00:00Z",
      annotations: { [INGRESS_CLASS_ANNOTATION]: INGRESS_CLASS },
    },
    spec: { rules: [{ hosts: ["App.example.com"], visibility: more.visibility ?? "ExternalIP", http: { paths: [...paths] } }] },
  };
}

const chosen = (paths: readonly IngressPath[], target: string, headers: Record<string, string> = {}) =>
  matchPath(projectIngress(ingress(paths))[0]?.paths ?? [], { target, header: (key) => headers[key] })?.splits[0]?.backend;

const matching: readonly (readonly [name: string, target: string, headers: Record<string, string>, backend: string])[] = [
  ["no prefix matches all", "/other", {}, "ns/default"],
  ["the longest prefix wins whatever the order", "/foo/bar?x", {}, "ns/foobar"],
  ["a prefix is literal", "/food", {}, "ns/foo"],
  ["of equal prefixes the one with a matching header", "/other", { "knative-serving-tag": "blue" }, "ns/blue"],
  ["a header with another value does not match", "/other", { "knative-serving-tag": "red" }, "ns/default"],
];

for (const [name, target, headers, backend] of matching) {
  test(`path matching: ${name}`, () => {
    const paths: IngressPath[] = [
      { splits: [split("default")] },
      { path: "/foo", splits: [split("foo")] },
      { path: "/foo/bar", splits: [split("foobar")] },
      { headers: { "Knative-Serving-Tag": { exact: "blue" } }, splits: [split("blue")] },
    ];
    assert.equal(chosen(paths, target, headers), backend);
  });
}

test("hosts are compared without port and root dot, in lower case", () => {
  const cases = {
    "App.Example.com:8080": "app.example.com",
    "a.ns.": "a.ns",
    "a.ns.:80": "a.ns",
    "[::1]:80": "[::1]",
    "[::1]": "[::1]",
    "": "",
  };
  for (const [authority, host] of Object.entries(cases)) assert.equal(hostOf(authority), host);
});

test("headers of the path are set first and those of the split over them; splits without traffic are left out", () => {
  const path = { appendHeaders: { A: "path", B: "path" }, splits: [split("one", 100, { b: "split" }), split("two", 0)] };
  assert.deepEqual(projectIngress(ingress([path]))[0]?.paths[0]?.splits, [
    {
      backend: "ns/one",
      port: 80,
      percent: 100,
      setHeaders: [
        ["A", "path"],
        ["b", "split"],
      ],
    },
  ]);
});

test("a cluster-local host is known to the internal listener only", () => {
  const table = new RouteTable();
  table.apply("ns/app", projectIngress(ingress([{ splits: [split("rev")] }], { visibility: "ClusterLocal" })));
  assert.equal(table.find("external", "app.example.com"), undefined);
  assert.ok(table.find("internal", "app.example.com"));
});

test("the oldest Ingress keeps a contested host and the other takes it when that one goes", () => {
  const table = new RouteTable();
  const backend = () => table.find("external", "app.example.com")?.paths[0]?.splits[0]?.backend;
  table.apply("ns/young", projectIngress(ingress([{ splits: [split("young")] }], { name: "young", created: "2025-02-01T00:00:00Z" })));
  table.apply("ns/old", projectIngress(ingress([{ splits: [split("old")] }], { name: "old" })));
  assert.equal(backend(), "ns/old");
  table.apply("ns/old", []);
  assert.equal(backend(), "ns/young");
  table.apply("ns/young", []);
  assert.equal(table.hosts, 0);
});

test("an Ingress without class or of another class is not ours", () => {
  const one = ingress([]);
  assert.equal(isOurs(one), true);
  assert.equal(isOurs({ ...one, metadata: { name: "a" } }), false);
  assert.equal(isOurs({ ...one, metadata: { name: "a", annotations: { [INGRESS_CLASS_ANNOTATION]: "" } } }), false);
});

const rev = { metadata: { name: "rev" }, spec: { containers: [] } };

const sliceOf = (conditions: object, ports = [{ name: "http", port: 41013 }]) => ({
  metadata: { name: "s" },
  addressType: "IPv4",
  endpoints: [{ addresses: ["127.0.0.1"], conditions, targetRef: { name: "a", uid: "u1" } }],
  ports,
});

test("instances are the ready endpoints, each with the port of its own slice", () => {
  const ready = [{ ready: true }, {}, { ready: true, serving: true, terminating: false }];
  for (const conditions of ready) {
    const { instances } = projectRevision(rev, [sliceOf(conditions)]);
    assert.deepEqual(instances, [{ id: "u1|127.0.0.1|41013", podUid: "u1", podName: "a", address: "127.0.0.1", port: 41013 }]);
  }
  for (const conditions of [{ ready: false }, { ready: true, terminating: true }]) {
    assert.deepEqual(projectRevision(rev, [sliceOf(conditions)]).instances, []);
  }
});

test("limits, timeouts and protocol come from the Revision", () => {
  const spec = {
    containers: [{ name: "c", ports: [{ name: "h2c", containerPort: 8080 }] }],
    containerConcurrency: 7,
    timeoutSeconds: 10,
    responseStartTimeoutSeconds: 5,
    idleTimeoutSeconds: 3,
  };
  assert.deepEqual(projectRevision({ metadata: { name: "rev" }, spec }, []).settings, {
    containerConcurrency: 7,
    timeoutMs: 10_000,
    responseStartTimeoutMs: 5_000,
    idleTimeoutMs: 3_000,
    protocol: "h2c",
    kind: "revision",
  });
});

test("a Service's port is found by number, and h2c by its appProtocol", () => {
  const service = {
    metadata: { name: "svc" },
    spec: {
      ports: [
        { name: "metrics", port: 9090 },
        { name: "web", port: 80, appProtocol: "kubernetes.io/h2c" },
      ],
    },
  };
  const ports = [
    { name: "metrics", port: 1 },
    { name: "web", port: 2 },
  ];
  const spec = projectService(service, 80, [sliceOf({ ready: true }, ports)]);
  assert.deepEqual([spec.settings.protocol, spec.instances[0]?.port], ["h2c", 2]);
});
