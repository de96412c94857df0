import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeOf, type ApiReply, type PayloadEvent, type RequestBody } from "../../api/meta/payload.ts";
import { startTestServer } from "./routes/test-server.ts";

const TARGET_OF = (path: string) => `/api/v1/namespaces/default/${path}`;
const TYPE = { "content-type": "application/json" };
const inThread = { user: "system:test", groups: ["system:masters"], durability: "derived" } as const;

function jsonOf({ body }: ApiReply): unknown {
  assert.ok(body.kind === "json");
  return body.value;
}

test("a caller in the same thread sends and gets objects, shared and frozen", async () => {
  await using server = await startTestServer();
  const exchange = exchangeOf(server.api.transport(inThread));
  assert.ok(exchange);
  const send = (method: string, path: string, body: RequestBody, headers = TYPE) =>
    exchange({ method, target: TARGET_OF(path), headers, signal: undefined, body });
  const sent = Object.freeze({ metadata: Object.freeze({ name: "a" }), data: Object.freeze({ k: "1" }) });
  const created = await send("POST", "configmaps", { kind: "json", value: sent });
  assert.equal(created.status, 201);
  const got = jsonOf(await send("GET", "configmaps/a", { kind: "none" }));
  assert.equal(got, jsonOf(created), "one object for all");
  assert.ok(Object.isFrozen(got));
  const merge = { "content-type": "application/merge-patch+json" };
  const patched = jsonOf(await send("PATCH", "configmaps/a", { kind: "json", value: { data: { k: "2", none: undefined } } }, merge));
  assert.deepEqual((patched as { data: unknown }).data, { k: "2" });
  const missing = jsonOf(await send("GET", "configmaps/none", { kind: "none" })) as { reason?: string };
  assert.equal(missing.reason, "NotFound");
  assert.equal((await send("DELETE", "configmaps/a", { kind: "json", value: { gracePeriodSeconds: 0 } })).status, 200);
});

test("a watch in the same thread gives the events themselves", async () => {
  await using server = await startTestServer();
  const exchange = exchangeOf(server.api.transport(inThread));
  assert.ok(exchange);
  const stop = new AbortController();
  const target = TARGET_OF("configmaps?watch=1");
  const { body } = await exchange({ method: "GET", target, headers: {}, signal: stop.signal, body: { kind: "none" } });
  assert.ok(body.kind === "events");
  const seen: PayloadEvent[] = [];
  const reading = (async () => {
    for await (const event of body.events()) if (seen.push(event) === 2) stop.abort();
  })();
  await server.ask("POST", "configmaps", { metadata: { name: "a" } });
  await server.ask("DELETE", "configmaps/a");
  await reading;
  assert.deepEqual(
    seen.map(({ type }) => type),
    ["ADDED", "DELETED"],
  );
});

test("whoever knows nothing of payloads meets complete messages", async () => {
  await using server = await startTestServer();
  const transport = server.api.transport(inThread);
  const body = JSON.stringify({ metadata: { name: "a" } });
  const created = await transport(new Request(`http://apiserver${TARGET_OF("configmaps")}`, { method: "POST", headers: TYPE, body }));
  const text = await created.text();
  assert.equal(Number(created.headers.get("content-length")), text.length);
  assert.equal((JSON.parse(text) as { kind: string }).kind, "ConfigMap");
});
