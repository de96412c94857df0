import assert from "node:assert/strict";
import { test } from "node:test";
import { payloadOf, setPayload, takesPayloads, type Payload, type PayloadEvent } from "../../api/meta/payload.ts";
import { startTestServer } from "./routes/test-server.ts";

const URL_OF = (path: string) => `http://apiserver/api/v1/namespaces/default/${path}`;
const TYPE = { "content-type": "application/json" };
const inThread = { user: "system:test", groups: ["system:masters"], durability: "derived" } as const;

function jsonOf(response: Response): unknown {
  const payload = payloadOf(response);
  assert.ok(payload?.kind === "json");
  return payload.value;
}

test("a caller in the same thread sends and gets objects, shared and frozen", async () => {
  await using server = await startTestServer();
  const transport = server.api.transport(inThread);
  assert.ok(takesPayloads(transport));
  const send = (method: string, path: string, payload: Payload, type = TYPE) =>
    transport(setPayload(new Request(URL_OF(path), { method, headers: type }), payload));
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
  const transport = server.api.transport(inThread);
  const stop = new AbortController();
  const request = new Request(URL_OF("configmaps?watch=1"), { signal: stop.signal });
  const payload = payloadOf(await transport(setPayload(request, { kind: "none" })));
  assert.ok(payload?.kind === "events");
  const seen: PayloadEvent[] = [];
  const reading = (async () => {
    for await (const event of payload.events()) if (seen.push(event) === 2) stop.abort();
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
  const created = await transport(new Request(URL_OF("configmaps"), { method: "POST", headers: TYPE, body }));
  const text = await created.text();
  assert.equal(Number(created.headers.get("content-length")), text.length);
  assert.equal((JSON.parse(text) as { kind: string }).kind, "ConfigMap");
});
