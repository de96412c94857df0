import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, backend, gatewayWorld, route, setInstances, textOf, until } from "./fixtures/gateway-world.ts";
import * as objects from "./fixtures/objects.ts";

test("a request reaches the instance of its host and the answer comes back", async () => {
  await using app = await backend(async (request, response) => {
    response.setHeader("x-app", "yes");
    response.end(`${request.method} ${request.url} ${await textOf(request)}`);
  });
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const answer = await ask(gateway.port, { method: "POST", path: "/a?b=c", body: "hello" });
  assert.deepEqual([answer.status, answer.headers["x-app"], answer.body], [200, "yes", "POST /a?b=c hello"]);
});

test("from zero a request waits, a poke leaves at once and the answer tells how long it waited", async () => {
  await using app = await backend((_request, response) => void response.end("up"));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  const answer = ask(gateway.port);
  await until(() => gateway.reports.length > 0, "a poke");
  assert.deepEqual(gateway.reports[0]?.stats, [{ revision: "ns/rev", averageConcurrency: 1, concurrency: 1, queued: 1, requestCount: 0 }]);
  assert.equal(gateway.reports[0]?.intervalMs, 0);
  setInstances(gateway.world, [app.port]);
  assert.equal((await answer).body, "up");
  assert.match(String((await answer).headers["server-timing"]), /^queue;dur=[\d.]+, start;dur=[\d.]+$/);
});

test("a revision that fails to start answers with its cause what waits, and serves as soon as it recovers", async () => {
  await using app = await backend((_request, response) => void response.end("up"));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  const waiting = ask(gateway.port, { method: "POST", body: "x", headers: { "x-request-id": "id-1" } });
  await until(() => gateway.reports.length > 0, "a poke");
  route(gateway.world, { failing: { reason: "ErrImagePull", message: "no such image" } });
  for (const { status, body, headers } of [await waiting, await ask(gateway.port, { headers: { "x-request-id": "id-1" } })]) {
    assert.deepEqual([status, body], [503, "Revision failed to start: ErrImagePull: no such image"]);
    assert.equal(headers["kinetic-error"], "gateway; reason=RevisionFailed; request-id=id-1");
  }
  setInstances(gateway.world, [app.port]);
  assert.equal((await ask(gateway.port)).body, "up", "the instance is there before the Revision says so");
  setInstances(gateway.world, []);
  route(gateway.world);
  const patient = ask(gateway.port);
  setInstances(gateway.world, [app.port]);
  assert.equal((await patient).body, "up");
});

for (const reason of ["NoTraffic", "TimedOut"]) {
  test(`a revision at rest (${reason}) lets the request wait for a new start`, async () => {
    await using app = await backend((_request, response) => void response.end("up"));
    await using gateway = await gatewayWorld();
    route(gateway.world, { failing: { reason, message: "at rest" } });
    const answer = ask(gateway.port);
    await until(() => gateway.reports.length > 0, "a poke");
    setInstances(gateway.world, [app.port]);
    assert.equal((await answer).status, 200);
  });
}

test("unknown hosts, and cluster-local hosts on the external listener, answer 404 with component, reason and request id", async () => {
  await using app = await backend((_request, response) => void response.end("local"));
  await using gateway = await gatewayWorld();
  gateway.world.put(objects.revision("rev"));
  gateway.world.put(objects.ingress("app", { hosts: ["app.ns"], visibility: "ClusterLocal", splits: [{ revision: "rev", percent: 100 }] }));
  setInstances(gateway.world, [app.port]);
  for (const host of ["app.ns", "nobody.example.com"]) {
    const answer = await ask(gateway.port, { headers: { host, "x-request-id": "id-1" } });
    assert.equal(answer.status, 404);
    assert.equal(answer.headers["kinetic-error"], "gateway; reason=NoRoute; request-id=id-1");
  }
  assert.equal((await ask(gateway.internalPort, { headers: { host: "APP.ns.:1234" } })).body, "local");
});

test("an Ingress of another class is not served", async () => {
  await using gateway = await gatewayWorld();
  const splits = [{ revision: "rev", percent: 100 }];
  gateway.world.put(objects.ingress("app", { hosts: ["app.example.com"], splits, className: "istio.ingress.networking.knative.dev" }));
  assert.equal((await ask(gateway.port)).status, 404);
});

test("1,000 requests over 40/30/30 land exactly 400, 300 and 300", async () => {
  const counts = [0, 0, 0];
  await using a = await backend((_request, response) => void (counts[0]!++, response.end()));
  await using b = await backend((_request, response) => void (counts[1]!++, response.end()));
  await using c = await backend((_request, response) => void (counts[2]!++, response.end()));
  await using gateway = await gatewayWorld();
  const splits = [
    { revision: "a", percent: 40 },
    { revision: "b", percent: 30 },
    { revision: "c", percent: 30 },
  ];
  for (const { revision } of splits) gateway.world.put(objects.revision(revision));
  gateway.world.put(objects.ingress("app", { hosts: ["app.example.com"], splits }));
  for (const [name, app] of Object.entries({ a, b, c })) setInstances(gateway.world, [app.port], name);
  for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 25 }, () => ask(gateway.port)));
  assert.deepEqual(counts, [400, 300, 300]);
});
