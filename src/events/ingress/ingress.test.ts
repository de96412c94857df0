import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { DEFAULT_LIMITS, type AppendResult, type JournalEvent } from "../journal/contract.ts";
import { silentLogger } from "../../std/logger.ts";
import { IngressServer } from "./server.ts";

interface Sent {
  readonly stream: string;
  readonly events: readonly JournalEvent[];
}

async function ingress(t: TestContext, result: AppendResult = { kind: "ok", firstOffset: 0, receivedAtMs: 0 }) {
  const sent: Sent[] = [];
  const asked = Promise.withResolvers<void>();
  const append = (stream: string, events: readonly JournalEvent[]) => {
    sent.push({ stream, events });
    return Promise.resolve(result);
  };
  const server = await IngressServer.listen({
    host: "127.0.0.1",
    port: 0,
    journal: { append },
    limits: { ...DEFAULT_LIMITS, eventBytes: 1000, batchBytes: 3000 },
    findBroker: (namespace, name) => {
      asked.resolve();
      return namespace === "default" && name === "b" ? "uid-1" : undefined;
    },
    logger: silentLogger,
  });
  t.after(() => server[Symbol.asyncDispose]());
  return {
    sent,
    server,
    /** Resolves when the head of a request was read. */
    asked: asked.promise,
    port: server.port,
    post: (path: string, init: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, { method: "POST", ...init }),
  };
}

const BINARY = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t", "content-type": "text/plain" };
const event = (id: string, more: object = {}) => ({ specversion: "1.0", id, source: "/s", type: "t", ...more });
const batch = (events: readonly object[]) => ({
  headers: { "content-type": "application/cloudevents-batch+json" },
  body: JSON.stringify(events),
});

test("ingress: 202 for each mode, and the journal has the events", async (t) => {
  const { sent, post } = await ingress(t);
  assert.equal((await post("/default/b", { headers: BINARY, body: "hi" })).status, 202);
  const structured = { headers: { "content-type": "application/cloudevents+json" }, body: JSON.stringify(event("2", { data: { a: 1 } })) };
  assert.equal((await post("/default/b/", structured)).status, 202);
  assert.equal((await post("/default/b?x=1", batch([event("3"), event("4")]))).status, 202);
  assert.deepEqual(
    sent.map(({ stream, events }) => [stream, events.map(({ attributes }) => attributes["id"])]),
    [
      ["uid-1", ["1"]],
      ["uid-1", ["2"]],
      ["uid-1", ["3", "4"]],
    ],
  );
});

test("ingress: each wrong request has its status and its reason, and nothing is stored", async (t) => {
  const { sent, post } = await ingress(t);
  const rows: readonly [string, RequestInit, number, string][] = [
    ["/", { headers: BINARY }, 404, "NoBroker"],
    ["/default", { headers: BINARY }, 400, "BadPath"],
    ["/default/b/c", { headers: BINARY }, 400, "BadPath"],
    ["/default/other", { headers: BINARY }, 404, "NoBroker"],
    ["/default/b", { headers: BINARY, method: "PUT" }, 405, "MethodNotAllowed"],
    ["/default/b", { body: "hi" }, 400, "InvalidEvent"],
    ["/default/b", { headers: { ...BINARY, "ce-id": "" } }, 400, "InvalidEvent"],
    ["/default/b", { headers: { ...BINARY, "content-encoding": "gzip" }, body: "x" }, 415, "Encoded"],
    ["/default/b", { headers: { ...BINARY, "ce-specversion": "2.0" } }, 400, "InvalidEvent"],
    ["/default/b", { headers: { ...BINARY, "ce-knativebrokerttl": "1" } }, 400, "Loop"],
    ["/default/b", { headers: BINARY, body: "x".repeat(1001) }, 413, "TooLarge"],
    ["/default/b", batch([event("1"), event("")]), 400, "InvalidEvent"],
  ];
  for (const [path, init, status, reason] of rows) {
    const answer = await post(path, init);
    const body = (await answer.json()) as { readonly reason: string; readonly message: string };
    assert.deepEqual([answer.status, body.reason], [status, reason], `${path} ${JSON.stringify(init)}`);
  }
  assert.deepEqual(sent, []);
});

test("ingress: a batch that is refused says which event", async (t) => {
  const { post } = await ingress(t);
  const { message } = (await (await post("/default/b", batch([event("1"), event("")]))).json()) as { readonly message: string };
  assert.equal(message, "event 1 of the batch: the required attribute id is missing or empty");
});

test("ingress: a hop is counted when the event says how many are left", async (t) => {
  const { sent, post } = await ingress(t);
  await post("/default/b", { headers: { ...BINARY, "ce-knativebrokerttl": "5" } });
  await post("/default/b", { headers: BINARY });
  assert.deepEqual(
    sent.map(({ events }) => events[0]?.attributes["knativebrokerttl"]),
    [4, undefined],
  );
});

test("ingress: OPTIONS is the handshake of webhooks", async (t) => {
  const { post } = await ingress(t);
  const answer = await post("/default/b", { method: "OPTIONS" });
  assert.deepEqual([answer.status, answer.headers.get("allow"), answer.headers.get("webhook-allowed-rate")], [200, "POST, OPTIONS", "*"]);
});

test("ingress: what the journal refuses is an answer to try again later, or too large", async (t) => {
  const refusals: readonly [AppendResult, number, string | null][] = [
    [{ kind: "full", retryAfterMs: 2500, message: "m" }, 503, "3"],
    [{ kind: "unavailable", retryAfterMs: 10, message: "m" }, 503, "1"],
    [{ kind: "too-large", index: 0, limitBytes: 5 }, 413, null],
  ];
  for (const [result, status, retryAfter] of refusals) {
    const { post } = await ingress(t, result);
    const answer = await post("/default/b", { headers: BINARY });
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [status, retryAfter]);
  }
});

test("ingress: a producer that goes away in the middle leaves nothing", async (t) => {
  const { sent, port, post } = await ingress(t);
  const socket = connect(port, "127.0.0.1");
  const head = Object.entries({ host: "x", ...BINARY, "content-length": "100" }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /default/b HTTP/1.1\r\n${head.join("")}\r\nhalf`);
  await new Promise((resolve) => socket.once("ready", resolve));
  socket.destroy();
  assert.equal((await post("/default/b", { headers: { ...BINARY, "ce-id": "after" } })).status, 202);
  assert.deepEqual(
    sent.map(({ events }) => events[0]?.attributes["id"]),
    ["after"],
  );
});

test("ingress: a body without an announced length is cut at the limit", async (t) => {
  const { port, sent } = await ingress(t);
  const { promise, resolve } = Promise.withResolvers<number>();
  const call = httpRequest({ port, host: "127.0.0.1", path: "/default/b", method: "POST", headers: BINARY }, (answer) =>
    resolve(answer.statusCode ?? 0),
  );
  call.on("error", () => {});
  call.write("x".repeat(900));
  call.end("x".repeat(900));
  assert.equal(await promise, 413);
  assert.deepEqual(sent, []);
});

test("ingress: an attribute that is there twice is refused, not joined", async (t) => {
  const { sent, port } = await ingress(t);
  const { promise, resolve } = Promise.withResolvers<number>();
  const headers = [...Object.entries(BINARY).flat(), "CE-Id", "2", "host", "x"];
  httpRequest({ port, host: "127.0.0.1", path: "/default/b", method: "POST", headers }, (answer) => resolve(answer.statusCode ?? 0)).end();
  assert.equal(await promise, 400);
  assert.deepEqual(sent, []);
});

test("ingress: a producer that goes on sending hears that it is too much", async (t) => {
  const { port, sent } = await ingress(t);
  const answered = Promise.withResolvers<number>();
  const call = httpRequest({ port, host: "127.0.0.1", path: "/default/b", method: "POST", headers: BINARY }, (answer) =>
    answered.resolve(answer.statusCode ?? 0),
  );
  call.on("error", answered.reject);
  let isAnswered = false;
  const status = answered.promise.finally(() => (isAnswered = true));
  const sending = (async () => {
    // What is in the sockets' buffers when the answer is given must not cost the answer.
    for (let count = 0; count < 400 && !isAnswered; count++) {
      call.write(Buffer.alloc(65_536));
      await new Promise((resolve) => setImmediate(resolve));
    }
    call.end();
  })();
  assert.equal(await status, 413);
  await sending;
  assert.deepEqual(sent, []);
});

test("ingress: a producer that stays in the middle of its body does not hold up the stop", async (t) => {
  const { server, port, sent, asked } = await ingress(t);
  const socket = connect(port, "127.0.0.1");
  const closed = once(socket, "close");
  const head = Object.entries({ host: "x", ...BINARY, "content-length": "100" }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /default/b HTTP/1.1\r\n${head.join("")}\r\nhalf`);
  socket.on("error", () => {});
  await asked;
  await server[Symbol.asyncDispose]();
  await closed;
  assert.deepEqual(sent, []);
});
