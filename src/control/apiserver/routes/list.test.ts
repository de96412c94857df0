import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, type Answer, type TestServer } from "./test-server.ts";

async function fill(server: TestServer, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { status } = await server.ask("POST", "configmaps", { metadata: { name, labels: { name } } });
    assert.equal(status, 201);
  }
}

const names = ({ body }: Answer) => body.items?.map((item) => item.metadata.name);
const meta = ({ body }: Answer) => body.metadata as { continue?: string; remainingItemCount?: number; resourceVersion: string };

test("chunks show the state of the first one, whatever happens in between", async () => {
  await using server = await startTestServer();
  await fill(server, ["a", "b", "c", "d"]);
  const first = await server.ask("GET", "configmaps?limit=2");
  assert.deepEqual(names(first), ["a", "b"]);
  assert.equal(meta(first).remainingItemCount, 2);
  await server.ask("DELETE", "configmaps/c");
  await fill(server, ["bb"]);
  const second = await server.ask("GET", `configmaps?limit=2&continue=${meta(first).continue}`);
  assert.deepEqual(names(second), ["c", "d"]);
  assert.equal(meta(second).resourceVersion, meta(first).resourceVersion);
  assert.equal(meta(second).continue, undefined);
});

test("limit=-1, and a limit with resourceVersion=0, give everything", async () => {
  await using server = await startTestServer();
  await fill(server, ["a", "b"]);
  assert.deepEqual(names(await server.ask("GET", "configmaps?limit=-1")), ["a", "b"]);
  assert.deepEqual(names(await server.ask("GET", "configmaps?limit=1&resourceVersion=0")), ["a", "b"]);
});

test("resourceVersionMatch=Exact shows the past", async () => {
  await using server = await startTestServer();
  await fill(server, ["a"]);
  const { resourceVersion } = meta(await server.ask("GET", "configmaps"));
  await fill(server, ["b"]);
  assert.deepEqual(names(await server.ask("GET", `configmaps?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)), ["a"]);
  assert.deepEqual(names(await server.ask("GET", `configmaps?resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan`)), [
    "a",
    "b",
  ]);
  assert.deepEqual(names(await server.ask("GET", `configmaps?resourceVersion=${resourceVersion}`)), ["a", "b"]);
});

test("selectors: labels and fields", async () => {
  await using server = await startTestServer();
  await fill(server, ["a", "b", "c"]);
  const select = async (query: string) => names(await server.ask("GET", `configmaps?${query}`));
  assert.deepEqual(await select("labelSelector=name%3Da"), ["a"]);
  assert.deepEqual(await select(`labelSelector=${encodeURIComponent("name in (a, c)")}`), ["a", "c"]);
  assert.deepEqual(await select(`labelSelector=${encodeURIComponent("name notin (a),name!=b")}`), ["c"]);
  assert.deepEqual(await select("labelSelector=!name"), []);
  assert.deepEqual(await select("labelSelector=name"), ["a", "b", "c"]);
  assert.deepEqual(await select("fieldSelector=metadata.name%3Db"), ["b"]);
  assert.deepEqual(await select("fieldSelector=metadata.name!%3Db"), ["a", "c"]);
  assert.deepEqual(await select("fieldSelector=metadata.namespace%3Dother"), []);
});

test("a list of all namespaces is sorted by namespace and name", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "/api/v1/namespaces", { metadata: { name: "alpha" } });
  await fill(server, ["a"]);
  await server.ask("POST", "/api/v1/namespaces/alpha/configmaps", { metadata: { name: "z" } });
  assert.deepEqual(names(await server.ask("GET", "/api/v1/configmaps")), ["z", "a"]);
  assert.deepEqual(names(await server.ask("GET", "/api/v1/namespaces/alpha/configmaps")), ["z"]);
});

test("deletecollection deletes what the selector matches", async () => {
  await using server = await startTestServer();
  await fill(server, ["a", "b"]);
  const answer = await server.ask("DELETE", "configmaps?labelSelector=name%3Da");
  assert.equal(answer.status, 200);
  assert.equal(answer.body.kind, "ConfigMapList");
  assert.deepEqual(names(await server.ask("GET", "configmaps")), ["b"]);
});

test("items of custom resources carry their kind, those of built-in kinds do not", async () => {
  await using server = await startTestServer();
  const path = "/apis/serving.knative.dev/v1/namespaces/default/services";
  const spec = { template: { spec: { containers: [{ image: "example.com/a" }] } } };
  const made = await server.ask("POST", path, { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name: "a" }, spec });
  assert.equal(made.status, 201, made.text);
  await fill(server, ["a"]);
  assert.equal((await server.ask("GET", path)).body.items?.[0]?.kind, "Service");
  assert.equal((await server.ask("GET", "configmaps")).body.items?.[0]?.kind, undefined);
});
