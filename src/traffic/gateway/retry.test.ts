import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { type Ask, ask, backend, gatewayWorld, route, setInstances, textOf } from "./fixtures/gateway-world.ts";

/** A port where nothing listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

test("a refused connection sends the request to another instance, body and all", async () => {
  await using app = await backend(async (request, response) => void response.end(await textOf(request)));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [await deadPort(), await deadPort(), app.port]);
  for (let n = 0; n < 20; n++) {
    const answer = await ask(gateway.port, { method: "POST", body: `body ${n}` });
    assert.deepEqual([answer.status, answer.body], [200, `body ${n}`]);
  }
});

test("when every instance refuses, the request waits until one answers", async () => {
  const port = await deadPort();
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [port]);
  const answer = ask(gateway.port);
  await new Promise<void>((resolve) => void systemClock.setTimer(50, resolve));
  const late = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"));
  }).listen(port, "127.0.0.1");
  assert.equal((await answer).body, "late");
  late.close();
});

/** Serves the first request of a connection and breaks the connection on the second, unread. */
async function breaksOnSecond(keepAlive = "Keep-Alive: timeout=60\r\n") {
  const seen: string[] = [];
  const server = createServer((socket: Socket) => {
    let count = 0;
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      seen.push(bytes.toString("latin1", 0, 8).split(" ")[0] ?? "");
      if (count++ === 0) socket.write(`HTTP/1.1 200 OK\r\n${keepAlive}Content-Length: 2\r\n\r\nok`);
      else socket.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as { port: number }).port, seen, [Symbol.dispose]: () => void server.close() };
}

const cases: readonly { readonly name: string; readonly second: Ask; readonly status: number; readonly seen: readonly string[] }[] = [
  { name: "an idempotent request without body is sent again", second: {}, status: 200, seen: ["GET", "GET", "GET"] },
  { name: "a POST is never sent twice", second: { method: "POST", body: "x" }, status: 502, seen: ["GET", "POST"] },
  {
    name: "an idempotent request is sent again with its body",
    second: { method: "PUT", body: "x" },
    status: 200,
    seen: ["GET", "PUT", "PUT"],
  },
];

for (const { name, second, status, seen } of cases) {
  test(`a kept connection that breaks before any answer: ${name}`, async () => {
    using app = await breaksOnSecond();
    await using gateway = await gatewayWorld();
    route(gateway.world);
    setInstances(gateway.world, [app.port]);
    assert.equal((await ask(gateway.port)).status, 200);
    assert.equal((await ask(gateway.port, second)).status, status);
    assert.deepEqual(app.seen, seen);
  });
}

test("a body that was partly sent is sent again whole, one that is too large to be kept is not", async () => {
  const bodies: number[] = [];
  let requests = 0;
  await using app = await backend(async (request, response) => {
    requests += 1;
    if (request.method === "GET") return void response.end();
    if (requests !== 2) return void (bodies.push((await textOf(request)).length), response.end());
    await once(request, "data");
    request.socket.destroy();
  });
  for (const { bytes, status } of [
    { bytes: 50_000, status: 200 },
    { bytes: 500_000, status: 502 },
  ]) {
    requests = 0;
    await using gateway = await gatewayWorld();
    route(gateway.world);
    setInstances(gateway.world, [app.port]);
    await ask(gateway.port);
    // Chunked: its length is not known, so that it may come over a kept connection only while that is fresh.
    const answer = await ask(gateway.port, { method: "PUT", headers: { "transfer-encoding": "chunked" }, body: "x".repeat(bytes) });
    assert.equal(answer.status, status);
  }
  assert.deepEqual(bodies, [50_000]);
});

test("a 503 of the instance is the client's to see", async () => {
  let calls = 0;
  await using app = await backend((_request, response) => void (calls++, response.writeHead(503).end("mine")));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const answer = await ask(gateway.port);
  assert.deepEqual([answer.status, answer.body, answer.headers["kinetic-error"], calls], [503, "mine", undefined, 1]);
});

/** Breaks the first connections, after it has read the request; answers on those after. */
async function breaksFirst(count: number) {
  const seen: string[] = [];
  const server = createServer((socket: Socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      seen.push(bytes.toString("latin1", 0, 8).split(" ")[0] ?? "");
      if (seen.length <= count) socket.destroy();
      else socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as { port: number }).port, seen, [Symbol.dispose]: () => void server.close() };
}

const ends: readonly {
  readonly name: string;
  readonly breaks?: number;
  readonly asks: readonly Ask[];
  readonly statuses: number[];
  readonly seen: string[];
}[] = [
  {
    name: "an idempotent request that meets an instance which is going down is sent again",
    asks: [{ method: "POST", body: "x" }, {}],
    statuses: [502, 200],
    seen: ["POST", "GET", "GET"],
  },
  {
    name: "it may meet it several times",
    breaks: 8,
    asks: [{ method: "POST", body: "x" }, {}],
    statuses: [502, 200],
    seen: ["POST", ...Array.from({ length: 8 }, () => "GET")],
  },
  { name: "a request that breaks a new connection by itself is not sent again", asks: [{}], statuses: [502], seen: ["GET"] },
  {
    name: "a POST that meets an instance which is going down is not sent again",
    asks: [
      { method: "POST", body: "x" },
      { method: "POST", body: "y" },
    ],
    statuses: [502, 502],
    seen: ["POST", "POST"],
  },
];

for (const { name, breaks = 2, asks, statuses, seen } of ends) {
  test(`a new connection that breaks: ${name}`, async () => {
    using app = await breaksFirst(breaks);
    await using gateway = await gatewayWorld();
    route(gateway.world);
    setInstances(gateway.world, [app.port]);
    const answered: number[] = [];
    for (const each of asks) answered.push((await ask(gateway.port, each)).status);
    assert.deepEqual([answered, app.seen], [statuses, seen]);
  });
}
