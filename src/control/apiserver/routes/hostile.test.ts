import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer } from "./test-server.ts";

const RAW = { headers: { "content-type": "application/json" } };

const hostile: readonly (readonly [title: string, body: string])[] = [
  ["no JSON", '{"metadata":'],
  ["an array", "[]"],
  ["a number", "1"],
  ["null", "null"],
  ["metadata of another type", '{"metadata":"x"}'],
  ["data of another type", '{"metadata":{"name":"a"},"data":{"a":1}}'],
  ["a prototype", '{"metadata":{"name":"a","labels":{"__proto__":"x"}}}'],
  ["deep nesting", `{"metadata":{"name":"a"},"data":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`],
  ["an invalid name", '{"metadata":{"name":"../../etc"}}'],
  ["no name", '{"metadata":{}}'],
  ["another kind", '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}'],
];

test("malformed objects are refused with a Status and nothing is stored", async () => {
  await using server = await startTestServer();
  for (const [title, body] of hostile) {
    const answer = await server.ask("POST", "configmaps", body, RAW);
    assert.ok(answer.status >= 400 && answer.status < 500, `${title}: ${answer.status} ${answer.text}`);
    assert.equal(answer.body.kind, "Status", title);
  }
  assert.deepEqual((await server.ask("GET", "configmaps")).body.items, []);
});

test("malformed patches and deletions are refused, and the object stays", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "configmaps", { metadata: { name: "a" } });
  const before = (await server.ask("GET", "configmaps/a")).text;
  for (const type of ["json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml"]) {
    for (const body of ["", "{", "[1]", "1", '{"metadata":{"name":"b"}}', '{"apiVersion":"v1","kind":"Secret"}']) {
      const headers = { "content-type": `application/${type}` };
      const answer = await server.ask("PATCH", "configmaps/a?fieldManager=m", body, { headers });
      assert.ok(answer.status >= 400 && answer.status < 500, `${type} ${body}: ${answer.status} ${answer.text}`);
    }
  }
  assert.equal((await server.ask("DELETE", "configmaps/a", "[", RAW)).status, 400);
  assert.equal((await server.ask("GET", "configmaps/a")).text, before);
});

test("odd paths are answered, never thrown at", async () => {
  await using server = await startTestServer();
  for (const path of [
    "/api/v1/namespaces/%ff/pods",
    "/api/v1/%2e%2e/x",
    "/apis//v1/x",
    "//",
    "/api/v1/namespaces//pods/a",
    "/apis/apps/v1/namespaces/a/b/c/d/e/f/g",
  ]) {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      const { status } = await server.ask(method, path, method === "GET" ? undefined : "{}", RAW);
      assert.ok(status < 500, `${method} ${path}: ${status}`);
    }
  }
});
