import assert from "node:assert/strict";
import { test } from "node:test";
import { offerExchange } from "../api/meta/payload.ts";
import { configMapKind } from "../api/core/config-map.ts";
import { createClient } from "./client.ts";

test("objects go to a server of this thread as they are, and to every other as text", async () => {
  const seen: unknown[] = [];
  const answer = Object.freeze({ metadata: Object.freeze({ name: "a" }) });
  const text = () => Promise.reject(new Error("nothing goes as text"));
  const near = offerExchange(text, async ({ body }) => {
    seen.push(body.kind === "json" ? body.value : body.kind);
    return { status: 200, headers: {}, body: { kind: "json", value: answer, text: () => [] } };
  });
  const object = { kind: "ConfigMap", apiVersion: "v1", metadata: { name: "a", namespace: "n" } };
  const client = createClient({ transport: near, userAgent: "test" });
  assert.equal(await client.create(configMapKind, object), answer);
  assert.equal(await client.get(configMapKind, { namespace: "n", name: "a" }), answer);
  assert.equal(seen[0], object);
  assert.equal(seen[1], "none");
  const wrapped = createClient({
    transport: async (request) => Response.json(JSON.parse(await request.text())),
    userAgent: "test",
  });
  assert.deepEqual(await wrapped.create(configMapKind, object), object);
});
