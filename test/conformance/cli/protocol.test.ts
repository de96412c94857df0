/** cli.md 7.1: the basics of the protocol, a test for each row of its table. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { KubeObject } from "../../../src/api/meta/object.ts";
import { apiCall } from "../../e2e/api-call.ts";
import { eventually } from "../../e2e/harness.ts";
import { CORE, knativeService, names, section, SERVING, type Api, type Json, type Rows } from "./section.ts";

const configMap = (name: string, rest: Json = {}): Json => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, ...rest });
const MAPS = `${CORE}/configmaps`;

const ACCESS: Rows = {
  "Kubeconfig: https with a token or a client certificate; impersonation headers": async (api) => {
    const { users } = parse(await readFile(api.kinetic.running.kubeconfig, "utf8")) as { users: { user: Record<string, string> }[] };
    const { token, ...certificate } = users[0]?.user ?? {};
    const pem = (field: string) => Buffer.from(certificate[field] ?? "", "base64").toString();
    const cert = pem("client-certificate-data");
    assert.ok(new X509Certificate(cert).subject.includes("O=system:masters"));
    assert.ok(token);
    const byCertificate = { certificate: { cert, key: pem("client-key-data") }, headers: { authorization: null } };
    for (const credentials of [{}, byCertificate]) {
      assert.equal((await apiCall(api.kinetic, { path: "/api/v1/namespaces", ...credentials })).status, 200);
    }
    const asJane = await api.ask("GET", "/api/v1/namespaces", undefined, { "impersonate-user": "jane", "impersonate-group": "dev" });
    assert.equal(asJane.status, 403);
    assert.match(asJane.text, /User \\"jane\\" cannot list resource/);
  },
  "JSON: Knative's groups answer and take application/json": async (api) => {
    const made = await api.ask("POST", `${SERVING}/services`, knativeService("json"));
    assert.deepEqual([made.status, made.headers["content-type"]], [201, "application/json"]);
    await api.expect(200, "DELETE", `${SERVING}/services/json`);
  },
};

const labels = { app: "x" };
const podSpec = { containers: [{ name: "main", image: "kinetic.local/hello" }], nodeSelector: { "kinetic.dev/no": "where" } };
const BODIES: readonly (readonly [string, Json])[] = [
  ["secrets", { apiVersion: "v1", kind: "Secret", data: { a: "AP8=" } }],
  ["configmaps", { apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } }],
  ["services", { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 80, targetPort: "web" }] } }],
  ["pods", { apiVersion: "v1", kind: "Pod", spec: podSpec }],
  [
    "persistentvolumeclaims",
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
  ],
];
const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "protobuf" },
  spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: podSpec.containers } } },
};

async function createdInProtobuf(api: Api, path: string, body: Json): Promise<void> {
  const metadata = { name: "protobuf", labels };
  const reply = await api.askInProtobuf("POST", path, { ...body, metadata });
  assert.equal(reply.status, 201, reply.text);
  const stored = await api.object(`${path}/protobuf`);
  assert.deepEqual(stored.metadata.labels?.["app"], "x");
  const { kind, data } = body as { kind: string; data?: Json };
  assert.equal(stored.kind, kind);
  if (data !== undefined) assert.deepEqual((stored as unknown as { data: Json }).data, data);
}

const PROTOBUF_ROWS: Rows = {
  ...Object.fromEntries(
    BODIES.map(([plural, body]) => [
      `Protobuf: a body of ${String(body["kind"])}`,
      (api: Api) => createdInProtobuf(api, `${CORE}/${plural}`, body),
    ]),
  ),
  "Protobuf: a body of Namespace": (api) => createdInProtobuf(api, "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace" }),
  "Protobuf: a body of Deployment": (api) => createdInProtobuf(api, "/apis/apps/v1/namespaces/default/deployments", DEPLOYMENT),
  "Protobuf: DeleteOptions are decoded and obeyed": async (api) => {
    const options = { apiVersion: "v1", kind: "DeleteOptions" };
    const dry = await api.askInProtobuf("DELETE", `${MAPS}/protobuf`, { ...options, dryRun: ["All"] });
    assert.equal(dry.status, 200, dry.text);
    const uid = "00000000-0000-0000-0000-000000000000";
    const other = await api.askInProtobuf("DELETE", `${MAPS}/protobuf`, { ...options, preconditions: { uid } });
    assert.deepEqual([other.status, (other.body as { reason?: string }).reason], [409, "Conflict"]);
    await api.expect(200, "GET", `${MAPS}/protobuf`);
    const gone = await api.askInProtobuf("DELETE", `${MAPS}/protobuf`, { ...options, propagationPolicy: "Background" });
    assert.equal(gone.status, 200, gone.text);
    await api.expect(404, "GET", `${MAPS}/protobuf`);
  },
};

const REFUSALS: Rows = {
  "Unknown group: plain text, not a Status": async (api) => {
    for (const path of [
      "/apis/sources.example.dev/v1/namespaces/default/things",
      "/apis/sources.example.dev/v1",
      "/apis/serving.knative.dev/v7/x",
    ]) {
      const reply = await api.ask("GET", path);
      assert.deepEqual([reply.status, reply.text], [404, "404 page not found\n"], path);
      assert.match(String(reply.headers["content-type"]), /^text\/plain/);
    }
  },
  "Missing object: a Status with reason, code, details and message": async (api) => {
    const { metadata: _metadata, ...status } = await api.expect(404, "GET", `${SERVING}/services/absent`);
    assert.deepEqual(status, {
      kind: "Status",
      apiVersion: "v1",
      status: "Failure",
      message: 'services.serving.knative.dev "absent" not found',
      reason: "NotFound",
      details: { name: "absent", group: "serving.knative.dev", kind: "services" },
      code: 404,
    });
    assert.equal((await api.expect(404, "GET", `${MAPS}/absent`))["message"], 'configmaps "absent" not found');
  },
  "Conflict: 409 on a stale resourceVersion, AlreadyExists on a duplicate POST": async (api) => {
    const first = await api.expect(201, "POST", `${SERVING}/services`, knativeService("stale"));
    assert.equal((await api.expect(409, "POST", `${SERVING}/services`, knativeService("stale")))["reason"], "AlreadyExists");
    await api.expect(200, "merge-patch", `${SERVING}/services/stale`, { metadata: { labels: { a: "b" } } });
    const conflict = await api.expect(409, "PUT", `${SERVING}/services/stale`, first);
    assert.equal(conflict["reason"], "Conflict");
    assert.match(
      String(conflict["message"]),
      /^Operation cannot be fulfilled on services.serving.knative.dev "stale": the object has been modified/,
    );
    await api.expect(200, "DELETE", `${SERVING}/services/stale`);
  },
  "Optimistic locking: PUT compares the resourceVersion when it is not empty": async (api) => {
    const first = (await api.expect(201, "POST", MAPS, configMap("locked"))) as unknown as KubeObject;
    const second = (await api.expect(200, "PUT", `${MAPS}/locked`, configMap("locked", { data: { a: "1" } }))) as unknown as KubeObject;
    assert.notEqual(second.metadata.resourceVersion, first.metadata.resourceVersion);
    await api.expect(409, "PUT", `${MAPS}/locked`, first as unknown as Json);
    await api.expect(200, "PUT", `${MAPS}/locked`, second as unknown as Json);
  },
  "generation: rises with changes of the spec only": async (api) => {
    const generation = (object: Json) => (object as unknown as KubeObject).metadata.generation;
    const path = `${SERVING}/services/counted`;
    assert.equal(generation(await api.expect(201, "POST", `${SERVING}/services`, knativeService("counted"))), 1);
    const ready = await api.until(path, "Ready", "True");
    assert.equal(ready.metadata.generation, 1); // the status has changed since
    assert.equal(generation(await api.expect(200, "merge-patch", path, { metadata: { annotations: { a: "b" } } })), 1);
    assert.equal(generation(await api.expect(200, "merge-patch", path, { spec: { template: { spec: { containerConcurrency: 3 } } } })), 2);
    assert.equal((await api.until(path, "Ready", "True")).status?.["observedGeneration"], 2);
    await api.expect(200, "DELETE", path);
  },
};

const PATCHES: Rows = {
  "PATCH: merge, strategic merge, JSON patch and server-side apply": async (api) => {
    const path = `${MAPS}/patched`;
    await api.expect(201, "POST", MAPS, configMap("patched", { data: { a: "1", b: "2" } }));
    const data = async (method: string, body: Json | string | readonly unknown[], query = "") =>
      (await api.expect(200, method, path + query, body))["data"];
    assert.deepEqual(await data("merge-patch", { data: { a: null } }), { b: "2" });
    assert.deepEqual(await data("strategic-merge-patch", { data: { c: "3" } }), { b: "2", c: "3" });
    assert.deepEqual(await data("json-patch", [{ op: "move", from: "/data/b", path: "/data/d" }]), { c: "3", d: "2" });
    const applied = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: patched }\ndata: { e: '5' }\n";
    assert.deepEqual(await data("apply-patch", applied, "?fieldManager=kn"), { c: "3", d: "2", e: "5" });
  },
  "PATCH: no strategic merge for Knative's kinds": async (api) => {
    await api.expect(201, "POST", `${SERVING}/services`, knativeService("custom"));
    assert.equal((await api.expect(415, "strategic-merge-patch", `${SERVING}/services/custom`, {}))["reason"], "UnsupportedMediaType");
    await api.expect(200, "DELETE", `${SERVING}/services/custom`);
  },
};

const DELETIONS: Rows = {
  "DELETE: Foreground ends with DELETED after the children are gone": async (api) => {
    const path = `${SERVING}/services`;
    await api.expect(201, "POST", path, knativeService("parent"));
    const { metadata } = await api.until(`${path}/parent`, "Ready", "True");
    const before = metadata.resourceVersion ?? "";
    const told = (await api.expect(200, "DELETE", `${path}/parent`, { propagationPolicy: "Foreground" })) as unknown as KubeObject;
    assert.ok(told.metadata.deletionTimestamp);
    assert.deepEqual(told.metadata.finalizers, ["foregroundDeletion"]);
    await eventually("it is gone", () => api.expect(404, "GET", `${path}/parent`));
    const events = await api.events(path, { resourceVersion: before, fieldSelector: "metadata.name=parent" });
    assert.equal(events.at(-1)?.type, "DELETED");
    assert.ok(events.slice(0, -1).every(({ type }) => type === "MODIFIED"));
    const end = Number(events.at(-1)?.object.metadata.resourceVersion);
    for (const child of ["configurations", "routes"]) {
      const deletion = (await api.events(`${SERVING}/${child}`, { resourceVersion: before })).find(({ type }) => type === "DELETED");
      assert.ok(Number(deletion?.object.metadata.resourceVersion) < end, `${child} went first`);
    }
  },
  "DELETE: grace and finalizers are visible in deletionTimestamp": async (api) => {
    await api.expect(201, "POST", MAPS, { ...configMap("held"), metadata: { name: "held", finalizers: ["kinetic.dev/test"] } });
    await api.expect(200, "DELETE", `${MAPS}/held`);
    const held = await api.object(`${MAPS}/held`);
    assert.deepEqual([typeof held.metadata.deletionTimestamp, held.metadata.deletionGracePeriodSeconds], ["string", 0]);
    await api.expect(200, "merge-patch", `${MAPS}/held`, { metadata: { finalizers: null } });
    await api.expect(404, "GET", `${MAPS}/held`);
  },
  "DeleteCollection: by label": async (api) => {
    for (const [name, label] of [
      ["one", "x"],
      ["two", "x"],
      ["three", "y"],
    ] as const) {
      await api.expect(201, "POST", MAPS, { ...configMap(name), metadata: { name, labels: { set: label } } });
    }
    await api.expect(200, "DELETE", `${MAPS}?labelSelector=set%3Dx`);
    assert.deepEqual(names(await api.list(`${MAPS}?labelSelector=set`)), ["three"]);
  },
};

const READS: Rows = {
  "Watch: every MODIFIED and DELETED since a version is replayed, never as ADDED": async (api) => {
    await api.expect(201, "POST", MAPS, configMap("replayed"));
    const from = (await api.object(`${MAPS}/replayed`)).metadata.resourceVersion ?? "";
    for (const n of ["1", "2"]) await api.expect(200, "merge-patch", `${MAPS}/replayed`, { data: { n } });
    await api.expect(200, "DELETE", `${MAPS}/replayed`);
    const events = await api.events(MAPS, { resourceVersion: from, fieldSelector: "metadata.name=replayed" });
    const told = events.map(({ type, object }) => `${type} ${(object as unknown as { data?: { n: string } }).data?.n ?? ""}`);
    assert.deepEqual(told, ["MODIFIED 1", "MODIFIED 2", "DELETED 2"]);
  },
  "Watch: ADDED for an object that newly matches the labels, DELETED when it no longer does": async (api) => {
    await api.expect(201, "POST", MAPS, configMap("joining"));
    const from = (await api.object(`${MAPS}/joining`)).metadata.resourceVersion ?? "";
    for (const team of ["a", null]) await api.expect(200, "merge-patch", `${MAPS}/joining`, { metadata: { labels: { team } } });
    const events = await api.events(MAPS, { resourceVersion: from, labelSelector: "team=a" });
    assert.deepEqual(
      events.map(({ type }) => type),
      ["ADDED", "DELETED"],
    );
  },
  "Watch: without a version or from 0 it begins with what is there": async (api) => {
    for (const query of [{}, { resourceVersion: "0" }]) {
      const events = await api.events(MAPS, { ...query, fieldSelector: "metadata.name=joining" });
      assert.deepEqual(
        events.map(({ type }) => type),
        ["ADDED"],
      );
    }
  },
  "Watch: lines of JSON that end after timeoutSeconds": async (api) => {
    const began = performance.now();
    const reply = await api.ask("GET", `${MAPS}?watch=true&timeoutSeconds=1&resourceVersion=${await api.revision(MAPS)}`);
    assert.deepEqual([reply.status, reply.text, reply.headers["transfer-encoding"]], [200, "", "chunked"]);
    assert.ok(performance.now() - began >= 900);
  },
  "List: items, kind and resourceVersion; field and label selectors": async (api) => {
    const list = await api.expect(200, "GET", `${SERVING}/services`);
    assert.equal(list["kind"], "ServiceList");
    assert.match((list["metadata"] as { resourceVersion: string }).resourceVersion, /^\d+$/);
    const found = async (query: string) => names(await api.list(`${MAPS}?${query}`));
    assert.deepEqual(await found("fieldSelector=metadata.name%3Dthree"), ["three"]);
    for (const selector of ["set=y", "set in (y,z)", "set notin (x),set", "set!=x,set"]) {
      assert.deepEqual(await found(`labelSelector=${encodeURIComponent(selector)}`), ["three"], selector);
    }
    assert.deepEqual(names(await api.list(`${CORE}/pods?fieldSelector=status.phase%3DPending`)), ["protobuf"]);
    assert.deepEqual(await api.list(`${CORE}/pods?fieldSelector=status.phase%3DSucceeded`), []);
  },
  "Discovery: /api, /apis, the groups, /version and both OpenAPI documents": async (api) => {
    const kinds = {
      "/api": "APIVersions",
      "/apis": "APIGroupList",
      "/api/v1": "APIResourceList",
      "/apis/serving.knative.dev/v1": "APIResourceList",
    };
    for (const [path, kind] of Object.entries(kinds)) assert.equal((await api.expect(200, "GET", path))["kind"], kind, path);
    assert.equal((await api.expect(200, "GET", "/version"))["major"], "1");
    assert.equal((await api.expect(200, "GET", "/openapi/v2"))["swagger"], "2.0");
    assert.ok((await api.expect(200, "GET", "/openapi/v3"))["paths"]);
  },
};

section("cli.md 7.1", { ...ACCESS, ...PROTOBUF_ROWS, ...REFUSALS, ...PATCHES, ...DELETIONS, ...READS });
