import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "../api/k8s/types.generated.ts";
import { ApiError, isConflict, isGone } from "../api/meta/errors.ts";
import type { KindRef } from "../api/meta/kind.ts";
import { createClient } from "./client.ts";
import { LineDecoder } from "./lines.ts";
import type { Client } from "./types.ts";

const POD: KindRef<Pod> = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
const key = { namespace: "ns", name: "a" };
const never = new AbortController().signal;

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly type: string | null;
  readonly body: unknown;
}

function scripted(answer: () => Response): { client: Client; seen: Seen[] } {
  const seen: Seen[] = [];
  const transport = async (request: Request) => {
    const text = await request.text();
    const url = request.url.replace("http://apiserver", "");
    seen.push({ method: request.method, url, type: request.headers.get("content-type"), body: text === "" ? undefined : JSON.parse(text) });
    return answer();
  };
  return { client: createClient({ transport, userAgent: "test" }), seen };
}

const status = (code: number, reason: string) =>
  Response.json({ kind: "Status", apiVersion: "v1", status: "Failure", reason, message: `because ${reason}`, code }, { status: code });

function byteByByte(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
}

test("a missing object is undefined, and deleting it is no error", async () => {
  const { client, seen } = scripted(() => status(404, "NotFound"));
  assert.equal(await client.get(POD, key), undefined);
  await client.delete(POD, key, { preconditions: { uid: "u" } });
  assert.deepEqual(seen[1]?.body, { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: "u" } });
  await assert.rejects(client.create(POD, { metadata: { namespace: "ns" } }), { message: "because NotFound" });
});

test("a failure answer becomes an ApiError, also when it is no Status", async () => {
  await assert.rejects(scripted(() => status(409, "Conflict")).client.update(POD, { metadata: key }), isConflict);
  const proxy = scripted(() => new Response("upstream is away", { status: 503 })).client;
  await assert.rejects(
    proxy.list(POD),
    (error) => error instanceof ApiError && error.code === 503 && error.reason === "ServiceUnavailable",
  );
});

test("writes go to the paths, with the types and options that Kubernetes expects", async () => {
  const { client, seen } = scripted(() => Response.json({ metadata: {} }));
  await client.create(POD, { metadata: key }, { subresource: "binding" });
  await client.updateStatus(POD, { metadata: { ...key, managedFields: [] } });
  await client.patch(POD, key, { type: "apply", body: { a: 1 }, force: true }, { fieldManager: "me" });
  await client.delete(POD, key);
  await client.list(POD, { labelSelector: "a=b,c" });
  assert.deepEqual(seen, [
    {
      method: "POST",
      url: "/api/v1/namespaces/ns/pods/a/binding",
      type: "application/json",
      body: { metadata: key, apiVersion: "v1", kind: "Pod" },
    },
    {
      method: "PUT",
      url: "/api/v1/namespaces/ns/pods/a/status",
      type: "application/json",
      body: { metadata: key, apiVersion: "v1", kind: "Pod" },
    },
    {
      method: "PATCH",
      url: "/api/v1/namespaces/ns/pods/a?fieldManager=me&force=true",
      type: "application/apply-patch+yaml",
      body: { a: 1 },
    },
    { method: "DELETE", url: "/api/v1/namespaces/ns/pods/a", type: null, body: undefined },
    { method: "GET", url: "/api/v1/pods?labelSelector=a%3Db%2Cc", type: null, body: undefined },
  ]);
});

test("items of a list say their type", async () => {
  const { client } = scripted(() => Response.json({ metadata: { resourceVersion: "7" }, items: [{ metadata: { name: "a" } }] }));
  const list = await client.list(POD);
  assert.deepEqual(list, { items: [{ metadata: { name: "a" }, apiVersion: "v1", kind: "Pod" }], resourceVersion: "7" });
});

test("a watch yields events however the bytes are cut, and throws the ERROR that the server sends", async () => {
  const text = `${JSON.stringify({ type: "ADDED", object: { metadata: { name: "grüße" } } })}\n${JSON.stringify({
    type: "ERROR",
    object: { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" },
  })}\n`;
  const bytes = new TextEncoder().encode(text);
  const { client } = scripted(() => new Response(byteByByte(bytes)));
  const names: (string | undefined)[] = [];
  const consume = async () => {
    for await (const event of client.watch(POD, { resourceVersion: "1" }, never)) names.push(event.object.metadata.name);
  };
  await assert.rejects(consume(), isGone);
  assert.deepEqual(names, ["grüße"]);
});

test("an aborted watch ends although the server keeps the stream open", async () => {
  let cancelled = false;
  const { client } = scripted(() => new Response(new ReadableStream({ cancel: () => void (cancelled = true) })));
  const abort = new AbortController();
  const ended = (async () => {
    for await (const _ of client.watch(POD, {}, abort.signal)) assert.fail("no event was sent");
  })();
  setImmediate(() => abort.abort());
  await ended;
  assert.ok(cancelled);
});

test("a line beyond the limit is refused instead of filling the memory", () => {
  const decoder = new LineDecoder(8);
  const encode = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(decoder.push(encode("1234\n56")), ["1234"]);
  assert.deepEqual(decoder.push(encode("78\n")), ["5678"]);
  assert.throws(() => decoder.push(encode("123456789")), RangeError);
});
