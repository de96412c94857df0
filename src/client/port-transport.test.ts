import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { settle } from "../testing/clock.ts";
import type { MessageEndpoint } from "./port-transport.ts";
import { portTransport, serveTransport } from "./port-transport.ts";
import type { Transport } from "./types.ts";

/** Both ends over a real channel. */
function connect(server: Transport): { transport: Transport } & Disposable {
  const { port1, port2 } = new MessageChannel();
  const serving = serveTransport(port1 as unknown as MessageEndpoint, server);
  const transport = portTransport(port2 as unknown as MessageEndpoint);
  return {
    transport,
    [Symbol.dispose]() {
      serving[Symbol.dispose]();
      port1.close();
    },
  };
}

test("method, URL, headers and body arrive, status, headers and body come back", async () => {
  using link = connect(async (request) => {
    const body = await request.text();
    return new Response(`${request.method} ${request.url} ${request.headers.get("x-a")} ${body}`, { status: 201, headers: { "x-b": "2" } });
  });
  const response = await link.transport(new Request("http://api/x?y=z", { method: "POST", headers: { "x-a": "1" }, body: "hello" }));
  assert.deepEqual([response.status, response.headers.get("x-b"), await response.text()], [201, "2", "POST http://api/x?y=z 1 hello"]);
});

test("an answer without body has none", async () => {
  using link = connect(async () => new Response(null, { status: 204 }));
  const response = await link.transport(new Request("http://api/"));
  assert.deepEqual([response.status, response.body], [204, null]);
});

test("a streamed body arrives piece by piece and the server's stream waits for the reader", async () => {
  let produced = 0;
  using link = connect(async () => {
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => controller.enqueue(new Uint8Array([++produced]));
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
  });
  const response = await link.transport(new Request("http://api/"));
  const reader = response.body!.getReader();
  assert.deepEqual([...(await reader.read()).value!], [1]);
  await settle(20);
  assert.ok(produced <= 3, `${produced} chunks were made for a reader that took one`);
  await reader.cancel();
});

test("one chunk is asked for at a time, however long the stream", async () => {
  const { port1, port2 } = new MessageChannel();
  using _channel = { [Symbol.dispose]: () => port1.close() };
  let pulls = 0;
  port1.on("message", ({ type, id }: { readonly type: string; readonly id: number }) => {
    if (type === "request") port1.postMessage({ type: "head", id, status: 200, headers: [], hasBody: true });
    if (type !== "pull") return;
    if (++pulls <= 50) port1.postMessage({ type: "chunk", id, bytes: new Uint8Array([pulls]) });
  });
  const response = await portTransport(port2 as unknown as MessageEndpoint)(new Request("http://api/"));
  const reader = response.body!.getReader();
  for (let chunk = 1; chunk <= 50; chunk++) assert.deepEqual([...(await reader.read()).value!], [chunk]);
  const waiting = reader.read();
  await settle(20);
  assert.equal(pulls, 51);
  await reader.cancel();
  await waiting;
});

test("aborting the request aborts the server's signal and rejects what waits", async () => {
  let serverSignal: AbortSignal | undefined;
  using link = connect((request) => {
    serverSignal = request.signal;
    return new Promise<Response>(() => {});
  });
  const controller = new AbortController();
  const answer = link.transport(new Request("http://api/", { signal: controller.signal }));
  await settle(10);
  controller.abort(new Error("enough"));
  await assert.rejects(answer, /enough/);
  await settle(10);
  assert.equal(serverSignal?.aborted, true);
});

test("cancelling the body aborts the server's signal", async () => {
  let serverSignal: AbortSignal | undefined;
  using link = connect(async (request) => {
    serverSignal = request.signal;
    return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([1])) }));
  });
  const response = await link.transport(new Request("http://api/"));
  await response.body!.cancel();
  await settle(10);
  assert.equal(serverSignal?.aborted, true);
});

test("a failing server rejects with a TypeError that carries its words", async () => {
  using link = connect(() => Promise.reject(new Error("no such luck")));
  await assert.rejects(link.transport(new Request("http://api/")), { name: "TypeError", message: "no such luck" });
});

test("a body that fails half way fails the reader", async () => {
  using link = connect(async () => {
    let count = 0;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      count++ === 0 ? controller.enqueue(new Uint8Array([1])) : controller.error(new Error("torn"));
    return new Response(new ReadableStream({ pull }));
  });
  const response = await link.transport(new Request("http://api/"));
  await assert.rejects(response.text(), /torn/);
});
