import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "../../testing/world.ts";
import { joinGateway } from "./join.ts";

const CONFIG = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "knative-serving", name: "config-domain" },
  data: { "example.test": "" },
};
const GATEWAY = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: {
    namespace: "knative-serving",
    name: "kinetic-gateway-q2w2j",
    labels: { "kubernetes.io/service-name": "kinetic-gateway" },
  },
  addressType: "IPv4",
  endpoints: [{ addresses: ["127.0.0.1"] }],
  ports: [{ name: "http", port: 8081, protocol: "TCP" }],
};

test("dev join: a Lease owns a Service, an EndpointSlice and an Ingress; the URL names the gateway's port", async () => {
  const world = new World({ objects: [CONFIG, GATEWAY] });
  const joined = await joinGateway({ client: world.client, clock: world.clock, namespace: "ns", name: "f", port: 4321, holder: "me" });
  assert.equal(joined.url, "http://f-dev.ns.example.test:8081");
  assert.deepEqual(
    world.writes.map(({ verb, kind, key }) => `${verb} ${kind} ${key}`),
    ["create Lease ns/f-dev", "create Service ns/f-dev", "create EndpointSlice ns/f-dev", "create Ingress ns/f-dev"],
  );
  const owners = world.writes
    .slice(1)
    .map(({ body }) => (body as { metadata: { ownerReferences: { kind: string; name: string }[] } }).metadata.ownerReferences[0]);
  assert.deepEqual(
    owners.map((owner) => `${owner?.kind} ${owner?.name}`),
    ["Lease f-dev", "Lease f-dev", "Lease f-dev"],
  );
});

test("dev join: what an earlier run left is taken over; the end takes the Lease away", async () => {
  const world = new World({ objects: [CONFIG] });
  const options = { client: world.client, clock: world.clock, namespace: "ns", name: "f", port: 1, holder: "me" };
  await joinGateway(options);
  world.writes.length = 0;
  const again = await joinGateway({ ...options, port: 2 });
  assert.equal(again.url, "http://f-dev.ns.example.test");
  assert.deepEqual(
    world.writes.map(({ verb, kind }) => `${verb} ${kind}`),
    ["update Lease", "update Service", "update EndpointSlice", "update Ingress"],
  );
  world.writes.length = 0;
  const end = new AbortController();
  const holding = again.hold(end.signal);
  await world.clock.advance(5000);
  assert.deepEqual(
    world.writes.map(({ verb, kind }) => `${verb} ${kind}`),
    ["patch Lease"],
  );
  end.abort();
  await holding;
  assert.deepEqual(
    world.writes.map(({ verb, kind }) => `${verb} ${kind}`),
    ["patch Lease", "delete Lease"],
  );
});
