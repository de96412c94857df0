import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../testing/clock.ts";
import { startTestServer, type Body, type TestServer } from "./test-server.ts";
import { Watching } from "./test-watching.ts";

async function watch(server: TestServer, path: string, headers: Record<string, string> = {}): Promise<Watching> {
  return new Watching(await server.raw("GET", path, undefined, { headers }));
}

async function make(server: TestServer, name: string, labels: Record<string, string> = {}): Promise<Body> {
  const { status, body } = await server.ask("POST", "configmaps", { metadata: { name, labels }, data: { a: "1" } });
  assert.equal(status, 201);
  return body;
}

async function label(server: TestServer, name: string, value: string | null): Promise<Body> {
  const headers = { "content-type": "application/merge-patch+json" };
  const { body } = await server.ask("PATCH", `configmaps/${name}`, { metadata: { labels: { s: value } } }, { headers });
  return body;
}

test("a watch replays what happened since its resourceVersion as it happened", async () => {
  await using server = await startTestServer();
  const before = await make(server, "a");
  await label(server, "a", "1");
  await make(server, "b");
  await server.ask("DELETE", "configmaps/a");
  await using watching = await watch(server, `configmaps?watch=1&resourceVersion=${before.metadata.resourceVersion}`);
  assert.deepEqual(await watching.take(3), ["MODIFIED a", "ADDED b", "DELETED a"]);
});

test("a watch of one name replays a missed change as MODIFIED, never as ADDED", async () => {
  await using server = await startTestServer();
  const before = await make(server, "a");
  const after = await label(server, "a", "1");
  await using watching = await watch(
    server,
    `configmaps?watch=1&fieldSelector=metadata.name%3Da&resourceVersion=${before.metadata.resourceVersion}`,
  );
  const event = await watching.next();
  assert.equal(event?.type, "MODIFIED");
  assert.deepEqual(event.object, after);
});

test("an object that stops matching a selector is DELETED in its last matching state", async () => {
  await using server = await startTestServer();
  await using watching = await watch(server, "configmaps?watch=1&labelSelector=s%3D1");
  await make(server, "a");
  await label(server, "a", "1");
  const gone = await label(server, "a", null);
  assert.deepEqual(await watching.take(1), ["ADDED a"]);
  const event = await watching.next();
  assert.equal(event?.type, "DELETED");
  assert.deepEqual(event.object.metadata.labels, { s: "1" });
  assert.equal(event.object.metadata.resourceVersion, gone.metadata.resourceVersion);
});

test("a watch without resourceVersion begins with the present state as ADDED", async () => {
  await using server = await startTestServer();
  await make(server, "b");
  await make(server, "a");
  await using watching = await watch(server, "configmaps?watch=1");
  assert.deepEqual(await watching.take(2), ["ADDED a", "ADDED b"]);
});

test("sendInitialEvents ends the initial state with the annotated bookmark", async () => {
  await using server = await startTestServer();
  const made = await make(server, "a");
  await using watching = await watch(
    server,
    "configmaps?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
  );
  assert.deepEqual(await watching.take(1), ["ADDED a"]);
  const bookmark = await watching.next();
  assert.equal(bookmark?.type, "BOOKMARK");
  assert.deepEqual(bookmark.object.metadata, {
    resourceVersion: made.metadata.resourceVersion,
    annotations: { "k8s.io/initial-events-end": "true" },
  });
});

test("timeoutSeconds sends a bookmark two seconds before the end and then ends", async () => {
  const clock = new ManualClock();
  await using server = await startTestServer({ clock });
  await using watching = await watch(server, "configmaps?watch=1&resourceVersion=1&allowWatchBookmarks=true&timeoutSeconds=5");
  await clock.advance(3_000);
  assert.equal((await watching.next())?.type, "BOOKMARK");
  await clock.advance(2_000);
  assert.equal(await watching.next(), undefined);
});

test("a table watch sends the columns once", async () => {
  await using server = await startTestServer();
  await make(server, "a");
  await make(server, "b");
  await using watching = await watch(server, "configmaps?watch=1", { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
  const [first, second] = [await watching.next(), await watching.next()];
  assert.equal(first?.object.kind, "Table");
  assert.ok(Array.isArray(first.object.columnDefinitions));
  assert.equal(first.object.rows?.[0]?.cells[0], "a");
  assert.equal(second?.object.columnDefinitions, null);
});

test("a PartialObjectMetadata watch sends metadata only", async () => {
  await using server = await startTestServer();
  await make(server, "a");
  await using watching = await watch(server, "configmaps?watch=1", {
    accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
  });
  const event = await watching.next();
  assert.equal(event?.object.kind, "PartialObjectMetadata");
  assert.equal(event.object.data, undefined);
});

test("a watch of the future stays silent until that version", async () => {
  await using server = await startTestServer();
  const made = await make(server, "a");
  const future = Number(made.metadata.resourceVersion) + 1;
  await using watching = await watch(server, `configmaps?watch=1&resourceVersion=${future}`);
  await make(server, "b");
  await make(server, "c");
  assert.deepEqual(await watching.take(1), ["ADDED c"]);
});

test("closing the server ends its watches", async () => {
  const server = await startTestServer();
  await using watching = await watch(server, "configmaps?watch=1");
  await server[Symbol.asyncDispose]();
  assert.equal(await watching.next(), undefined);
});

test("watch=1 on a single object is a plain read, the old path under /watch is a watch", async () => {
  await using server = await startTestServer();
  await make(server, "a");
  assert.equal((await server.ask("GET", "configmaps/a?watch=1")).body.kind, "ConfigMap");
  await using watching = await watch(server, "/api/v1/watch/namespaces/default/configmaps/a");
  assert.deepEqual(await watching.take(1), ["ADDED a"]);
});
