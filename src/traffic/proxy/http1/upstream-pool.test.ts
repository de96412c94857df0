import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { ManualClock } from "../../../testing/clock.ts";
import { HeaderList } from "../header-list.ts";
import type { Upstream, UpstreamEvents, UpstreamFailure } from "../message.ts";
import { Http1Pool } from "./upstream-pool.ts";

/** An instance that answers everything and numbers its connections. */
async function instance(fields: string) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const number = sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", () => socket.write(`HTTP/1.1 200 OK\r\nX-Connection: ${number}\r\n${fields}Content-Length: 0\r\n\r\n`));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { target: { address: "127.0.0.1", port }, sockets, [Symbol.dispose]: close };
}

/** Sends one request; `write`: whether its bytes leave. */
function exchange(pool: Http1Pool, target: { address: string; port: number }, { repeatable = true, write = true } = {}) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const ready = Promise.withResolvers<Upstream>();
  const unexpected = () => assert.fail("unexpected");
  const events: UpstreamEvents = {
    onUpstreamReady: (upstream) => {
      const headers = HeaderList.of({ Host: "a" });
      upstream.sendHead({ method: "GET", target: "/", authority: "a", headers, bodyLength: 0, upgrade: undefined });
      if (write) upstream.flush();
      ready.resolve(upstream);
    },
    onResponseHead: (head) => resolve(`connection ${head.headers.get("x-connection")}`),
    onUpstreamFailure: (failure: UpstreamFailure) => resolve(failure.stage),
    onInformational: unexpected,
    onResponseData: unexpected,
    onResponseEnd: () => {},
    onUpgraded: unexpected,
    onUpstreamDrain: () => {},
    onUpstreamTurn: () => {},
  };
  pool.connect(target, events, repeatable);
  return { answer: promise, ready: ready.promise };
}

const table: readonly {
  readonly name: string;
  readonly fields?: string;
  readonly repeatable?: boolean;
  readonly idleMs: number;
  readonly connection: 1 | 2;
}[] = [
  { name: "an idle connection carries the next request", idleMs: 3_900, connection: 1 },
  { name: "after four seconds it may be closing", idleMs: 4_000, connection: 2 },
  { name: "what the instance says counts", fields: "Keep-Alive: timeout=2\r\n", idleMs: 900, connection: 1 },
  { name: "not in the last moment of what the instance says", fields: "Keep-Alive: timeout=2\r\n", idleMs: 1_000, connection: 2 },
  { name: "timeout=0 is no promise", fields: "Keep-Alive: max=5, timeout=0\r\n", idleMs: 0, connection: 2 },
  { name: "a request that must not be sent twice goes over a fresh one", repeatable: false, idleMs: 499, connection: 1 },
  { name: "a request that must not be sent twice avoids an old one", repeatable: false, idleMs: 500, connection: 2 },
  {
    name: "a request that must not be sent twice trusts what the instance says",
    fields: "keep-alive: timeout=5\r\n",
    repeatable: false,
    idleMs: 3_900,
    connection: 1,
  },
];

for (const { name, fields = "", repeatable = true, idleMs, connection } of table) {
  test(`kept connections: ${name}`, async () => {
    const clock = new ManualClock();
    const pool = new Http1Pool(clock);
    using app = await instance(fields);
    assert.equal(await exchange(pool, app.target).answer, "connection 1");
    await clock.advance(idleMs);
    assert.equal(await exchange(pool, app.target, { repeatable }).answer, `connection ${connection}`);
    pool.close();
  });
}

test("a connection that breaks tells how far the request had come", async () => {
  const pool = new Http1Pool(new ManualClock());
  using app = await instance("");
  assert.equal(await exchange(pool, app.target).answer, "connection 1");
  const unwritten = exchange(pool, app.target, { write: false });
  await unwritten.ready;
  app.sockets[0]?.destroy();
  assert.equal(await unwritten.answer, "refused", "nothing of it has left");
  assert.equal(await exchange(pool, app.target).answer, "connection 2");
  const [second] = app.sockets.slice(1);
  second?.removeAllListeners("data");
  second?.once("data", () => second.destroy());
  assert.equal(await exchange(pool, app.target).answer, "stale", "a kept connection");
  const fresh = exchange(pool, app.target, { write: false });
  const upstream = await fresh.ready;
  while (app.sockets.length < 3) await new Promise<void>((resolve) => setImmediate(resolve));
  const third = app.sockets[2];
  third?.removeAllListeners("data");
  third?.once("data", () => third.destroy());
  upstream.flush();
  assert.equal(await fresh.answer, "broken", "a new connection");
  pool.close();
});
