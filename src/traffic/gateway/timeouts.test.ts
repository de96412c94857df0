import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, backend, gatewayWorld, route, setInstances } from "./fixtures/gateway-world.ts";

const forever = () => new Promise<void>(() => {});

test("timeoutSeconds: no answer in time is 504 `request timeout`", async () => {
  await using app = await backend(forever);
  await using gateway = await gatewayWorld();
  route(gateway.world, { timeoutSeconds: 1 });
  setInstances(gateway.world, [app.port]);
  const answer = await ask(gateway.port);
  assert.deepEqual([answer.status, answer.body], [504, "request timeout"]);
});

test("timeoutSeconds: an answer that has begun is cut", async () => {
  await using app = await backend((_request, response) => void response.write("begun"));
  await using gateway = await gatewayWorld();
  route(gateway.world, { timeoutSeconds: 1 });
  setInstances(gateway.world, [app.port]);
  await assert.rejects(ask(gateway.port), /ECONNRESET|aborted/);
});

test("responseStartTimeoutSeconds fires before the first byte only", async () => {
  await using app = await backend(async (request, response) => {
    if (request.url === "/silent") return forever();
    response.write("begun ");
    setTimeout(() => response.end("ended"), 1_500);
  });
  await using gateway = await gatewayWorld();
  route(gateway.world, { timeoutSeconds: 30, responseStartTimeoutSeconds: 1 });
  setInstances(gateway.world, [app.port]);
  const [silent, begun] = await Promise.all([ask(gateway.port, { path: "/silent" }), ask(gateway.port)]);
  assert.deepEqual([silent.status, silent.body], [504, "request timeout"]);
  assert.deepEqual([begun.status, begun.body], [200, "begun ended"]);
});

test("idleTimeoutSeconds fires when nothing is written for that long, and not while something is", async () => {
  await using app = await backend(async (request, response) => {
    if (request.url === "/silent") return forever();
    for (let n = 0; n < 4; n++) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      response.write(String(n));
    }
    response.end();
  });
  await using gateway = await gatewayWorld();
  route(gateway.world, { timeoutSeconds: 30, idleTimeoutSeconds: 1 });
  setInstances(gateway.world, [app.port]);
  const [silent, steady] = await Promise.all([ask(gateway.port, { path: "/silent" }), ask(gateway.port)]);
  assert.deepEqual([silent.status, silent.body], [504, "request timeout"]);
  assert.deepEqual([steady.status, steady.body], [200, "0123"]);
});

test("a request that finds no instance in time is 504 `activator request timeout`", async () => {
  await using gateway = await gatewayWorld();
  route(gateway.world, { timeoutSeconds: 1 });
  const answer = await ask(gateway.port);
  assert.deepEqual([answer.status, answer.body], [504, "activator request timeout"]);
});
