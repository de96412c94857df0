import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer } from "./test-server.ts";

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
    list.body.items?.map((item) => [item.metadata.name, item.data, item.kind]),
    [["a", { k: "2" }, undefined]],
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
