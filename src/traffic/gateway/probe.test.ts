import assert from "node:assert/strict";
import { test } from "node:test";
import { ingressHash } from "../../api/networking-internal/ingress-hash.ts";
import { ingressKind } from "../../api/networking-internal/ingress.ts";
import { ask, backend, gatewayWorld, route, setInstances } from "./fixtures/gateway-world.ts";
import * as objects from "./fixtures/objects.ts";

const probe = (value: string, hash = "override") => ({ path: "/healthz", headers: { "k-network-probe": value, "k-network-hash": hash } });

test("the probe is answered with the hash of the Ingress as it is now, before any instance exists", async () => {
  await using gateway = await gatewayWorld();
  route(gateway.world);
  const hash = () => ingressHash(gateway.world.get(ingressKind, { namespace: "ns", name: "app" })!);
  const first = hash();
  const answer = await ask(gateway.port, probe("probe"));
  assert.deepEqual([answer.status, answer.headers["k-network-hash"], answer.body], [200, first, first]);
  gateway.world.put(
    objects.ingress("app", { hosts: ["app.example.com", "more.example.com"], splits: [{ revision: "rev", percent: 100 }] }),
  );
  assert.notEqual(hash(), first);
  assert.equal((await ask(gateway.port, probe("probe"))).headers["k-network-hash"], hash());
  assert.deepEqual(gateway.reports, [], "a probe is no traffic");
});

test("the probe fails until the gateway knows the route's backends", async () => {
  await using gateway = await gatewayWorld();
  gateway.world.put(objects.ingress("app", { hosts: ["app.example.com"], splits: [{ revision: "rev", percent: 100 }] }));
  assert.equal((await ask(gateway.port, probe("probe"))).status, 503);
  gateway.world.put(objects.revision("rev"));
  assert.equal((await ask(gateway.port, probe("probe"))).status, 200);
});

test("probes to activator and queue-proxy are answered here too, others are refused, and none reaches user code", async () => {
  let calls = 0;
  await using app = await backend((_request, response) => void (calls++, response.end()));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  const answers = async (value: string, hash?: string) => {
    const { status, body } = await ask(gateway.port, probe(value, hash));
    return [status, body];
  };
  assert.deepEqual(await answers("activator"), [200, "activator"]);
  assert.deepEqual(await answers("queue"), [503, "no instance is ready"]);
  setInstances(gateway.world, [app.port]);
  assert.deepEqual(await answers("queue"), [200, "queue"]);
  assert.deepEqual(await answers("probe", "echo-me"), [200, "echo-me"]);
  assert.deepEqual(await answers("other"), [400, "unexpected probe header value: other"]);
  assert.equal(calls, 0);
});
