import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, startTestServer, type TestServer } from "../routes/test-server.ts";
import type { User } from "../auth/user.ts";

/** The samples of a family by their labels, e.g. `verb="GET",…` -> 3. */
async function family(server: TestServer, name: string, user?: User): Promise<Map<string, number>> {
  const { status, text } = await server.ask("GET", "/metrics", undefined, user === undefined ? {} : { user });
  assert.equal(status, 200, text);
  const lines = text.split("\n").flatMap((line) => {
    const [, found = "", labels = "", value = ""] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return found === name ? [[labels, Number(value)] as const] : [];
  });
  return new Map(lines);
}

/** What of a family has all of these labels. */
function having(samples: ReadonlyMap<string, number>, labels: Readonly<Record<string, string>>): number[] {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return Array.from(samples).flatMap(([text, value]) => (wanted.every((pair) => text.split(",").includes(pair)) ? [value] : []));
}

const MAPS = { resource: "configmaps", group: "", version: "v1" };

test("requests are counted by verb, resource, scope, dry run and code", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "configmaps", { metadata: { name: "a" } });
  await server.ask("POST", "configmaps", { metadata: { name: "a" } });
  await server.ask("POST", "configmaps?dryRun=All", { metadata: { name: "b" } });
  await server.ask("GET", "configmaps/a");
  await server.ask("GET", "configmaps/a");
  await server.ask("GET", "configmaps");
  await server.ask("GET", "/api/v1/configmaps");
  await server.ask("PATCH", "configmaps/a", { data: {} }, { headers: { "content-type": "application/merge-patch+json" } });
  const apply = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
  await server.ask("PATCH", "configmaps/a?fieldManager=t", apply, { headers: { "content-type": "application/apply-patch+yaml" } });
  await server.ask("DELETE", "configmaps/a");
  const total = await family(server, "apiserver_request_total");
  const all = { component: "apiserver", ...MAPS };
  assert.deepEqual(having(total, { ...all, verb: "POST", scope: "resource", dry_run: "", code: "201" }), [1]);
  assert.deepEqual(having(total, { ...all, verb: "POST", scope: "resource", dry_run: "", code: "409" }), [1]);
  assert.deepEqual(having(total, { ...all, verb: "POST", dry_run: "All" }), [1]);
  assert.deepEqual(having(total, { ...all, verb: "GET", scope: "resource", code: "200" }), [2]);
  assert.deepEqual(having(total, { ...all, verb: "LIST", scope: "namespace" }), [1]);
  assert.deepEqual(having(total, { ...all, verb: "LIST", scope: "cluster" }), [1]);
  assert.deepEqual(having(total, { ...all, verb: "PATCH" }), [1]);
  assert.deepEqual(having(total, { ...all, verb: "APPLY" }), [1]);
  assert.deepEqual(having(total, { ...all, verb: "DELETE" }), [1]);
  const counts = await family(server, "apiserver_request_duration_seconds_count");
  assert.deepEqual(having(counts, { ...all, verb: "GET" }), [2]);
  const buckets = await family(server, "apiserver_request_duration_seconds_bucket");
  assert.deepEqual(having(buckets, { ...all, verb: "GET", le: "+Inf" }), [2]);
  assert.deepEqual(having(buckets, { ...all, verb: "GET", le: "60" }), [2]);
});

test("what clients make up gets no series of its own", async () => {
  await using server = await startTestServer();
  const series: number[] = [];
  for (const name of ["one", "two", "three"]) {
    const paths = [`configmaps/a/${name}`, name, `/apis/${name}/v1/things`, `/${name}`];
    for (const path of paths) assert.equal((await server.ask("GET", path)).status, 404, path);
    series.push((await family(server, "apiserver_request_total")).size);
  }
  const [, second = 0, third] = series;
  assert.equal(third, second);
  assert.ok(second > 0);
});

test("open watches, the events they were given, and requests in flight", async () => {
  await using server = await startTestServer();
  const watches = async () =>
    having(await family(server, "apiserver_longrunning_requests"), { ...MAPS, verb: "WATCH", scope: "namespace" });
  const events = async () => having(await family(server, "apiserver_watch_events_total"), MAPS);
  const response = await server.raw("GET", "configmaps?watch=1&resourceVersion=0");
  const reader = response.body?.getReader();
  assert.ok(reader);
  assert.deepEqual(await watches(), [1]);
  assert.deepEqual(await events(), [0]);
  await server.ask("POST", "configmaps", { metadata: { name: "a" } });
  await reader.read();
  assert.deepEqual(await events(), [1]);
  await reader.cancel();
  assert.deepEqual([await watches(), await events()], [[0], [1]]);
  const total = await family(server, "apiserver_request_total");
  assert.deepEqual(having(total, { ...MAPS, verb: "WATCH", code: "200" }), [1]);
  assert.deepEqual(having(await family(server, "apiserver_request_duration_seconds_count"), { verb: "WATCH" }), []);
  const inFlight = await family(server, "apiserver_current_inflight_requests");
  assert.deepEqual(
    [...inFlight],
    [
      ['request_kind="mutating"', 0],
      ['request_kind="readOnly"', 1],
    ],
  );
});

test("stored objects by resource, the version, and the process", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "configmaps", { metadata: { name: "a" } });
  const stored = await family(server, "apiserver_storage_objects");
  assert.equal(stored.get('resource="configmaps"'), 1);
  assert.equal(stored.get('resource="services.serving.knative.dev"'), 0);
  assert.deepEqual(having(stored, { resource: "tokenreviews.authentication.k8s.io" }), []);
  assert.deepEqual(having(await family(server, "kubernetes_build_info"), { major: "1" }), [1]);
  for (const name of ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds"])
    assert.ok(((await family(server, name)).get("") ?? 0) > 0, name);
});

test("metrics are for who may get the path: masters, system:monitoring, or by a role", async () => {
  await using server = await startTestServer();
  const status = async (user: User) => (await server.ask("GET", "/metrics", undefined, { user })).status;
  assert.equal(await status(ALICE), 403);
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  await server.ask("POST", `${rbac}/clusterroles`, { metadata: { name: "m" }, rules: [{ verbs: ["get"], nonResourceURLs: ["/metrics"] }] });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "m" };
  const subjects = [{ kind: "User", name: "alice", apiGroup: roleRef.apiGroup }];
  await server.ask("POST", `${rbac}/clusterrolebindings`, { metadata: { name: "m" }, subjects, roleRef });
  assert.equal(await status(ALICE), 200);
  const { headers } = await server.ask("GET", "/metrics");
  assert.equal(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
});
