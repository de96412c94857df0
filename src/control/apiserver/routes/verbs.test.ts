import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, type TestServer } from "./test-server.ts";

const MERGE = { headers: { "content-type": "application/merge-patch+json" } };
const JSON_PATCH = { headers: { "content-type": "application/json-patch+json" } };
const STRATEGIC = { headers: { "content-type": "application/strategic-merge-patch+json" } };
const APPLY = { headers: { "content-type": "application/apply-patch+yaml" } };
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const POD_SPEC = { containers: [{ name: "c", image: "i" }] };

const deployment = (name: string, replicas = 1) => ({
  metadata: { name },
  spec: { replicas, selector: { matchLabels: { a: "b" } }, template: { metadata: { labels: { a: "b" } }, spec: POD_SPEC } },
});

async function pod(server: TestServer, name: string): Promise<void> {
  const { status, text } = await server.ask("POST", "pods", { metadata: { name }, spec: POD_SPEC });
  assert.equal(status, 201, text);
}

async function bind(server: TestServer, name: string): Promise<void> {
  const { status, text } = await server.ask("POST", `pods/${name}/binding`, { target: { kind: "Node", name: "n" } });
  assert.equal(status, 201, text);
}

test("a ConfigMap is created, read, listed, updated and deleted", async () => {
  await using server = await startTestServer();
  const created = await server.ask("POST", "configmaps", { metadata: { name: "a" }, data: { k: "1" } });
  assert.equal(created.status, 201);
  assert.match(created.body.metadata.uid ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const read = await server.ask("GET", "configmaps/a");
  assert.deepEqual(read.body, created.body);
  const updated = await server.ask("PUT", "configmaps/a", { ...read.body, data: { k: "2" } });
  assert.equal(updated.status, 200);
  assert.notEqual(updated.body.metadata.resourceVersion, read.body.metadata.resourceVersion);
  const list = await server.ask("GET", "configmaps");
  assert.equal(list.body.kind, "ConfigMapList");
  assert.deepEqual(
    list.body.items?.map((item) => [item.metadata.name, item.data]),
    [["a", { k: "2" }]],
  );
  const deleted = await server.ask("DELETE", "configmaps/a");
  assert.equal(deleted.body.status, "Success");
  assert.equal((await server.ask("GET", "configmaps/a")).status, 404);
});

test("an update that changes nothing keeps the resourceVersion", async () => {
  await using server = await startTestServer();
  const { body } = await server.ask("POST", "configmaps", { metadata: { name: "a" }, data: { k: "1" } });
  const again = await server.ask("PUT", "configmaps/a", body);
  assert.equal(again.body.metadata.resourceVersion, body.metadata.resourceVersion);
});

test("generateName adds five letters, and every write names its manager", async () => {
  await using server = await startTestServer();
  const { body } = await server.ask("POST", "configmaps?fieldManager=me", { metadata: { generateName: "a-" }, data: { k: "1" } });
  assert.match(body.metadata.name ?? "", /^a-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  assert.deepEqual(
    body.metadata.managedFields?.map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 })),
    [{ manager: "me", operation: "Update", fieldsV1: { "f:data": { ".": {}, "f:k": {} }, "f:metadata": { "f:generateName": {} } } }],
  );
});

test("dryRun answers as usual and stores nothing", async () => {
  await using server = await startTestServer();
  const { status, body } = await server.ask("POST", "configmaps?dryRun=All", { metadata: { name: "a" } });
  assert.equal(status, 201);
  assert.equal(body.metadata.resourceVersion, undefined);
  assert.equal((await server.ask("GET", "configmaps/a")).status, 404);
});

test("all four patch types", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "configmaps", { metadata: { name: "a" }, data: { k: "1" } });
  const merge = await server.ask("PATCH", "configmaps/a", { data: { m: "1" } }, MERGE);
  assert.deepEqual(merge.body.data, { k: "1", m: "1" });
  const json = await server.ask("PATCH", "configmaps/a", [{ op: "remove", path: "/data/m" }], JSON_PATCH);
  assert.deepEqual(json.body.data, { k: "1" });
  const strategic = await server.ask("PATCH", "configmaps/a", { data: { s: "1" } }, STRATEGIC);
  assert.deepEqual(strategic.body.data, { k: "1", s: "1" });
  const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { p: "1" } };
  const applied = await server.ask("PATCH", "configmaps/a?fieldManager=me", config, APPLY);
  assert.equal(applied.status, 200);
  assert.deepEqual(applied.body.data, { k: "1", p: "1", s: "1" });
});

test("apply creates what is missing, and again changes nothing", async () => {
  await using server = await startTestServer();
  const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { p: "1" } };
  const first = await server.ask("PATCH", "configmaps/a?fieldManager=me", config, APPLY);
  assert.equal(first.status, 201);
  assert.deepEqual(
    first.body.metadata.managedFields?.map(({ manager, operation }) => [manager, operation]),
    [["me", "Apply"]],
  );
  const second = await server.ask("PATCH", "configmaps/a?fieldManager=me", config, APPLY);
  assert.equal(second.status, 200);
  assert.deepEqual(second.body, first.body);
});

test("concurrent patches all land", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "configmaps", { metadata: { name: "a" } });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => server.ask("PATCH", "configmaps/a", { data: { [`k${i}`]: "1" } }, MERGE)),
  );
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const { body } = await server.ask("GET", "configmaps/a");
  assert.equal(Object.keys(body.data ?? {}).length, 10);
});

test("generation rises with the spec only, and status goes through its subresource", async () => {
  await using server = await startTestServer();
  const made = await server.ask("POST", DEPLOYMENTS, { ...deployment("web"), status: { replicas: 9 } });
  assert.equal(made.body.metadata.generation, 1);
  assert.notEqual((made.body.status as { replicas?: number }).replicas, 9);
  const labelled = await server.ask("PATCH", `${DEPLOYMENTS}/web`, { metadata: { labels: { l: "1" } }, status: { replicas: 9 } }, MERGE);
  assert.equal(labelled.body.metadata.generation, 1);
  assert.notEqual((labelled.body.status as { replicas?: number }).replicas, 9);
  const status = await server.ask("PATCH", `${DEPLOYMENTS}/web/status`, { spec: { replicas: 5 }, status: { replicas: 3 } }, MERGE);
  assert.equal((status.body.status as { replicas?: number }).replicas, 3);
  assert.equal(status.body.spec?.["replicas"], 1);
  const changed = await server.ask("PATCH", `${DEPLOYMENTS}/web`, { spec: { replicas: 2 } }, MERGE);
  assert.equal(changed.body.metadata.generation, 2);
});

test("scale: read, replace, and patch with JSON Patch", async () => {
  await using server = await startTestServer();
  await server.ask("POST", DEPLOYMENTS, deployment("web"));
  const read = await server.ask("GET", `${DEPLOYMENTS}/web/scale`);
  assert.equal(read.body.kind, "Scale");
  assert.deepEqual([read.body.spec, read.body.status], [{ replicas: 1 }, { replicas: 0, selector: "a=b" }]);
  const put = await server.ask("PUT", `${DEPLOYMENTS}/web/scale`, { ...read.body, spec: { replicas: 4 } });
  assert.deepEqual(put.body.spec, { replicas: 4 });
  const patched = await server.ask("PATCH", `${DEPLOYMENTS}/web/scale`, [{ op: "replace", path: "/spec/replicas", value: 5 }], JSON_PATCH);
  assert.equal(patched.status, 200, patched.text);
  const { body } = await server.ask("GET", `${DEPLOYMENTS}/web`);
  assert.equal(body.spec?.["replicas"], 5);
  assert.equal(body.metadata.generation, 3);
  assert.ok(body.metadata.managedFields?.some(({ subresource }) => subresource === "scale"));
});

test("a finalizer holds a deleted object until it is removed", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "configmaps", { metadata: { name: "a", finalizers: ["example.com/f"] } });
  const deleted = await server.ask("DELETE", "configmaps/a");
  assert.equal(deleted.body.kind, "ConfigMap");
  assert.ok(deleted.body.metadata.deletionTimestamp);
  assert.equal((await server.ask("GET", "configmaps/a")).status, 200);
  const freed = await server.ask("PATCH", "configmaps/a", { metadata: { finalizers: null } }, MERGE);
  assert.equal(freed.status, 200);
  assert.equal((await server.ask("GET", "configmaps/a")).status, 404);
});

test("propagation: foreground and orphan leave a finalizer for the collector, background leaves none", async () => {
  await using server = await startTestServer();
  for (const name of ["f", "o", "b"]) await server.ask("POST", DEPLOYMENTS, deployment(name));
  const foreground = await server.ask("DELETE", `${DEPLOYMENTS}/f`, { propagationPolicy: "Foreground" });
  assert.deepEqual(foreground.body.metadata.finalizers, ["foregroundDeletion"]);
  assert.equal(foreground.body.metadata.generation, 2);
  const orphan = await server.ask("DELETE", `${DEPLOYMENTS}/o?propagationPolicy=Orphan`);
  assert.deepEqual(orphan.body.metadata.finalizers, ["orphan"]);
  assert.equal((await server.ask("DELETE", `${DEPLOYMENTS}/b`, { propagationPolicy: "Background" })).body.status, "Success");
});

test("a Pod with a node waits for its agent; one without goes at once", async () => {
  await using server = await startTestServer();
  await pod(server, "free");
  const free = await server.ask("DELETE", "pods/free");
  assert.equal(free.body.kind, "Pod");
  assert.equal((await server.ask("GET", "pods/free")).status, 404);
  await pod(server, "bound");
  await bind(server, "bound");
  const bound = await server.ask("DELETE", "pods/bound");
  assert.equal(bound.body.metadata.deletionGracePeriodSeconds, 30);
  assert.equal((await server.ask("GET", "pods/bound")).status, 200);
  await server.ask("DELETE", "pods/bound", { gracePeriodSeconds: 0 });
  assert.equal((await server.ask("GET", "pods/bound")).status, 404);
});

test("a Pod is bound once", async () => {
  await using server = await startTestServer();
  await pod(server, "a");
  await bind(server, "a");
  const { body } = await server.ask("GET", "pods/a");
  assert.equal(body.spec?.["nodeName"], "n");
  const again = await server.ask("POST", "pods/a/binding", { target: { kind: "Node", name: "m" } });
  assert.equal(again.status, 409);
  assert.equal((await server.ask("POST", "pods/none/binding", { target: { name: "n" } })).status, 404);
});

test("a Pod gets its service account and the volume with the token", async () => {
  await using server = await startTestServer();
  await pod(server, "a");
  const { body } = await server.ask("GET", "pods/a");
  const spec = body.spec as {
    serviceAccountName: string;
    volumes: { name: string }[];
    containers: { volumeMounts: { mountPath: string }[] }[];
  };
  assert.equal(spec.serviceAccountName, "default");
  assert.match(spec.volumes[0]?.name ?? "", /^kube-api-access-.{5}$/);
  assert.equal(spec.containers[0]?.volumeMounts[0]?.mountPath, "/var/run/secrets/kubernetes.io/serviceaccount");
  assert.equal(JSON.stringify(body.metadata.managedFields).includes("kube-api-access"), false);
});

test("Services get addresses that nobody else has, and give them back", async () => {
  await using server = await startTestServer();
  const make = (name: string, spec: object = {}) =>
    server.ask("POST", "services", { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });
  const a = await make("a");
  assert.match(String(a.body.spec?.["clusterIP"]), /^10\.96\.\d+\.\d+$/);
  assert.equal((await make("headless", { clusterIP: "None" })).body.spec?.["clusterIP"], "None");
  assert.equal((await make("external", { type: "ExternalName", externalName: "x.example.com" })).body.spec?.["clusterIP"], undefined);
  const wanted = { clusterIP: "10.96.0.77" };
  assert.equal((await make("b", wanted)).status, 201);
  assert.equal((await make("c", wanted)).status, 422);
  await server.ask("DELETE", "services/b");
  assert.equal((await make("c", wanted)).status, 201);
  const nodePort = await make("d", { type: "NodePort" });
  const port = (nodePort.body.spec as { ports?: { nodePort: number }[] }).ports?.[0]?.nodePort ?? 0;
  assert.ok(port >= 30_000 && port <= 32_767);
  const kept = await server.ask("PUT", "services/d", {
    ...nodePort.body,
    spec: { ...nodePort.body.spec, clusterIP: undefined, clusterIPs: undefined },
  });
  assert.equal(kept.body.spec?.["clusterIP"], nodePort.body.spec?.["clusterIP"]);
});

test("a Namespace terminates, refuses new content, and goes when it is finalized", async () => {
  await using server = await startTestServer();
  const made = await server.ask("POST", "/api/v1/namespaces", { metadata: { name: "n" } });
  assert.deepEqual([made.body.spec, made.body.status], [{ finalizers: ["kubernetes"] }, { phase: "Active" }]);
  const deleted = await server.ask("DELETE", "/api/v1/namespaces/n");
  assert.deepEqual(deleted.body.status, { phase: "Terminating" });
  assert.equal((await server.ask("POST", "/api/v1/namespaces/n/configmaps", { metadata: { name: "a" } })).status, 403);
  const finalized = await server.ask("PUT", "/api/v1/namespaces/n/finalize", { ...deleted.body, spec: { finalizers: [] } });
  assert.equal(finalized.status, 200, finalized.text);
  assert.equal((await server.ask("GET", "/api/v1/namespaces/n")).status, 404);
});

test("CustomResourceDefinitions of our kinds are listed, and an apply of one changes nothing", async () => {
  await using server = await startTestServer();
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const list = await server.ask("GET", `${path}?labelSelector=duck.knative.dev/podspecable%3Dtrue`);
  assert.deepEqual(
    list.body.items?.map((item) => item.metadata.name),
    ["services.serving.knative.dev"],
  );
  const known = await server.ask("GET", `${path}/services.serving.knative.dev`);
  const apply = await server.ask("PATCH", `${path}/services.serving.knative.dev?fieldManager=me`, { apiVersion: "v1" }, APPLY);
  assert.deepEqual(apply.body, known.body);
  assert.match(apply.headers.get("warning") ?? "", /built into Kinetic/);
  const other = await server.ask("POST", path, { metadata: { name: "goods.example.com" }, spec: { group: "example.com" } });
  assert.equal(other.status, 403);
  assert.equal((await server.ask("DELETE", `${path}/services.serving.knative.dev`)).status, 403);
});

test("an unexpected error is a 500 Status that names the log line, and nothing else", async () => {
  const subresources = { "pods/log": () => Promise.reject(new Error("secret detail")) };
  await using server = await startTestServer({ subresources });
  await pod(server, "a");
  const { status, body, text } = await server.ask("GET", "pods/a/log");
  assert.equal(status, 500);
  assert.equal(body.reason, "InternalError");
  assert.equal(text.includes("secret detail"), false);
});
