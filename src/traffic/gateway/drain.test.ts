import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { ManualClock } from "../../testing/clock.ts";
import { defaultHeadLimits } from "../proxy/http1/head.ts";
import { ask, backend, gatewayWorld, raw, rawSocket, route, setInstances, until } from "./fixtures/gateway-world.ts";
import { Listener } from "./listener.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n";

test("disposal stops accepting, closes idle connections and lets what is in flight end with Connection: close", async () => {
  let release = () => {};
  await using app = await backend(async (request, response) => {
    if (request.url === "/slow") await new Promise<void>((resolve) => (release = resolve));
    response.end("whole");
  });
  await using gateway = await gatewayWorld({ drainMs: 5_000 });
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const idle = await rawSocket(gateway.port);
  idle.write(REQUEST);
  await once(idle, "data");
  const slow = ask(gateway.port, { path: "/slow" });
  await once(app.server, "request");
  const disposed = gateway.gateway[Symbol.asyncDispose]();
  await once(idle.resume(), "end");
  idle.destroy();
  await assert.rejects(ask(gateway.port), /ECONNREFUSED/);
  release();
  const answer = await slow;
  assert.deepEqual([answer.status, answer.body, answer.headers["connection"]], [200, "whole", "close"]);
  await disposed;
});

test("disposal cuts what has not ended at the deadline", async () => {
  await using app = await backend(() => {});
  await using gateway = await gatewayWorld({ drainMs: 100 });
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const stuck = assert.rejects(ask(gateway.port), /socket hang up|ECONNRESET/);
  await once(app.server, "request");
  await gateway.gateway[Symbol.asyncDispose]();
  await stuck;
});

/** A listener whose time is moved by hand. */
async function listener() {
  const clock = new ManualClock();
  const one = new Listener({ clock, limits: defaultHeadLimits, maxConnections: 2, nextId: () => "id", handle: () => undefined });
  const { port } = await one.listen({ host: "127.0.0.1", port: 0 });
  return { clock, port, [Symbol.asyncDispose]: () => one.close(0) };
}

test("a head that does not arrive in time is answered 408 and closed", async () => {
  await using one = await listener();
  const answer = raw(one.port, "GET / HTTP/1.1\r\nHost: a");
  for (let second = 0; second < 15; second++) await one.clock.advance(1_000);
  assert.match(await answer, /^HTTP\/1\.1 408 /);
});

test("a connection that says nothing is closed", async () => {
  await using one = await listener();
  const socket = await rawSocket(one.port);
  let closed = false;
  socket.on("error", () => {}).on("close", () => (closed = true));
  socket.on("end", () => socket.destroy()).resume();
  for (let second = 0; second < 15; second++) await one.clock.advance(1_000);
  await until(() => closed, "the silent connection to be closed");
});

test("connections beyond the limit are not served", async () => {
  await using one = await listener();
  const kept = [await rawSocket(one.port), await rawSocket(one.port)];
  const third = await rawSocket(one.port);
  third.on("error", () => {}).resume();
  third.end();
  await once(third, "close");
  for (const socket of kept) socket.destroy();
});
