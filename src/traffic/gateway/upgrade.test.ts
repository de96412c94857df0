import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import type { RevisionOptions } from "./fixtures/objects.ts";
import { ask, backend, gatewayWorld, raw, rawSocket, route, setInstances, until } from "./fixtures/gateway-world.ts";

test("a WebSocket passes messages both ways and counts as one request until it is closed", async () => {
  await using app = await backend(() => {});
  const sockets = new WebSocketServer({ server: app.server });
  sockets.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
  await using gateway = await gatewayWorld();
  route(gateway.world, { containerConcurrency: 1 });
  setInstances(gateway.world, [app.port]);
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/chat`, { headers: { host: "app.example.com" } });
  await once(socket, "open");
  for (const message of ["hello", "x".repeat(200_000)]) {
    socket.send(message);
    const [data] = (await once(socket, "message")) as [Buffer];
    assert.equal(data.toString(), message);
  }
  let drained = false;
  const drain = gateway.gateway.drainGate.drained(`pod-${app.port}`, new AbortController().signal).then(() => (drained = true));
  assert.equal(drained, false);
  socket.close();
  await drain;
  sockets.close();
});

test("a tunnel passes an end on while the other direction goes on", async () => {
  await using app = await backend(() => {});
  app.server.on("upgrade", (_request, socket: Duplex, head: Buffer) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n");
    let said = head.toString();
    socket.on("data", (chunk) => (said += chunk));
    socket.on("end", () => socket.end(`you said ${said}`));
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const socket = await rawSocket(gateway.port);
  let seen = "";
  socket.on("data", (chunk) => (seen += chunk));
  socket.write("GET / HTTP/1.1\r\nHost: app.example.com\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n");
  await until(() => seen.includes("\r\n\r\n"), "101");
  assert.match(seen, /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n$/);
  socket.end("all of it");
  await once(socket, "end");
  assert.match(seen, /you said all of it$/);
  socket.destroy();
});

/** An open WebSocket to an instance that echoes, and when it was closed. */
async function chat(t: TestContext, limits: RevisionOptions) {
  const app = await backend(() => {});
  const sockets = new WebSocketServer({ server: app.server });
  sockets.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
  const gateway = await gatewayWorld();
  t.after(async () => {
    await gateway[Symbol.asyncDispose]();
    sockets.close();
    await app[Symbol.asyncDispose]();
  });
  route(gateway.world, limits);
  setInstances(gateway.world, [app.port]);
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/chat`, { headers: { host: "app.example.com" } });
  await once(socket, "open");
  const closed = once(socket, "close");
  return { socket, closed, since: performance.now() };
}

async function echo(socket: WebSocket): Promise<void> {
  socket.send("hello");
  await once(socket, "message");
}

test("timeoutSeconds does not end a WebSocket, silent or not", async (t) => {
  const { socket } = await chat(t, { timeoutSeconds: 1, responseStartTimeoutSeconds: 1 });
  await sleep(1_300);
  for (let n = 0; n < 4; n++) {
    await echo(socket);
    await sleep(300);
  }
  assert.equal(socket.readyState, WebSocket.OPEN);
  socket.close();
});

test("idleTimeoutSeconds ends a WebSocket on which nothing flows, and not before", async (t) => {
  const { socket, closed, since } = await chat(t, { timeoutSeconds: 30, idleTimeoutSeconds: 1 });
  for (let n = 0; n < 4; n++) {
    await echo(socket);
    await sleep(400);
  }
  assert.equal(socket.readyState, WebSocket.OPEN);
  await closed;
  assert.ok(performance.now() - since > 2_100, "a second after the last message");
});

test("timeoutSeconds ends an upgrade that the instance does not answer", async () => {
  await using app = await backend(() => {});
  app.server.on("upgrade", (_request, socket: Duplex) => {
    socket.on("error", () => {}).on("end", () => socket.destroy());
    socket.resume();
  });
  await using gateway = await gatewayWorld();
  route(gateway.world, { timeoutSeconds: 1 });
  setInstances(gateway.world, [app.port]);
  const bytes = await raw(gateway.port, "GET / HTTP/1.1\r\nHost: app.example.com\r\nConnection: Upgrade, close\r\nUpgrade: raw\r\n\r\n");
  assert.match(bytes, /^HTTP\/1\.1 504 [^]*request timeout$/);
});

test("an instance that declines the upgrade answers as usual", async () => {
  await using app = await backend((request, response) => void response.end(`plain ${request.headers.upgrade}`));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const answer = await ask(gateway.port, { headers: { connection: "close" } });
  assert.equal(answer.body, "plain undefined");
});

for (const [offer, reaches] of [
  ["h2c", undefined],
  ["H2C , websocket", "websocket"],
  ["websocket,h2c", "websocket"],
  ["h2c,h2c", undefined],
] as const) {
  test(`an upgrade to HTTP/2 never reaches an instance: ${offer}`, async () => {
    const seen: (string | undefined)[] = [];
    const note = (request: IncomingMessage) => seen.push(request.headers.upgrade, request.headers["http2-settings"]?.toString());
    await using app = await backend((request, response) => {
      note(request);
      response.end("as usual");
    });
    app.server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      note(request);
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nas usual");
    });
    await using gateway = await gatewayWorld();
    route(gateway.world);
    setInstances(gateway.world, [app.port]);
    const connection = "Connection: Upgrade, HTTP2-Settings, close\r\nHTTP2-Settings: AAMAAABk\r\n";
    const fields = `Host: app.example.com\r\n${connection}Upgrade: ${offer}\r\n`;
    assert.match(await raw(gateway.port, `GET / HTTP/1.1\r\n${fields}\r\n`), /^HTTP\/1\.1 200 [^]*as usual$/);
    assert.deepEqual(seen, [reaches, undefined]);
  });
}
