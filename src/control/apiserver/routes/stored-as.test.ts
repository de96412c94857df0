import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer } from "./test-server.ts";
import { Watching } from "./test-watching.ts";

const NEW = "/apis/events.k8s.io/v1/namespaces/default/events";
const about = { kind: "Pod", name: "p", namespace: "default" };
const core = { metadata: { name: "old" }, involvedObject: about, reason: "Started", message: "up", type: "Normal", count: 2 };
const newer = { metadata: { name: "new" }, regarding: about, reason: "Killing", note: "down", type: "Warning", action: "Kill" };

test("an event written through either kind is read, selected and listed through both", async () => {
  await using server = await startTestServer();
  const created = await server.ask("POST", "events", core);
  assert.equal((await server.ask("POST", NEW, newer)).status, 201);
  const shown = (await server.ask("GET", `${NEW}/old`)).body;
  assert.equal(shown.apiVersion, "events.k8s.io/v1");
  assert.equal(shown.metadata.resourceVersion, created.body.metadata.resourceVersion);
  assert.deepEqual([shown["note"], shown["deprecatedCount"], shown["regarding"]], ["up", 2, about]);
  const old = (await server.ask("GET", "events/new")).body;
  assert.deepEqual([old.apiVersion, old.message, old["involvedObject"]], ["v1", "down", about]);
  for (const path of ["events?fieldSelector=involvedObject.name%3Dp", `${NEW}?fieldSelector=regarding.name%3Dp`]) {
    const { body } = await server.ask("GET", path);
    assert.deepEqual(
      body.items?.map((item) => item.metadata.name),
      ["new", "old"],
    );
    assert.ok(body.items?.every((item) => item.apiVersion === undefined));
  }
});

test("changes through one kind are seen, versioned and watched through the other", async () => {
  await using server = await startTestServer();
  const { body: first } = await server.ask("POST", "events", core);
  const { resourceVersion } = first.metadata;
  const merge = { headers: { "content-type": "application/merge-patch+json" } };
  assert.equal((await server.ask("PATCH", `${NEW}/old`, { note: "again" }, merge)).status, 200);
  assert.equal((await server.ask("GET", "events/old")).body.message, "again");
  assert.equal((await server.ask("PUT", "events/old", first)).status, 409);
  assert.equal((await server.ask("DELETE", `${NEW}/old`)).status, 200);
  assert.equal((await server.ask("GET", "events/old")).status, 404);
  for (const [path, field] of [
    ["events", "message"],
    [NEW, "note"],
  ] as const) {
    await using watching = new Watching(await server.raw("GET", `${path}?watch=1&resourceVersion=${resourceVersion}`));
    const events = [await watching.next(), await watching.next()];
    assert.deepEqual(
      events.map((event) => [event?.type, event?.object[field]]),
      [
        ["MODIFIED", "again"],
        ["DELETED", "again"],
      ],
    );
  }
});
