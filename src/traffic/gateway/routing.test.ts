import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceKind } from "../../api/core/service.ts";
import type { EndpointSlice } from "../../api/k8s/types.generated.ts";
import { ask, backend, gatewayWorld, route, setInstances, until } from "./fixtures/gateway-world.ts";
import * as objects from "./fixtures/objects.ts";

const echo = () => backend((request, response) => void response.end(JSON.stringify(request.headers)));

test("appendHeaders set what the client sent, path first, then split, and never reach user code when internal", async () => {
  await using app = await echo();
  await using gateway = await gatewayWorld();
  gateway.world.put(objects.revision("rev"));
  const appendHeaders = { "Knative-Serving-Revision": "rev", "X-Both": "split", "X-Split": "s" };
  const path = { appendHeaders: { "X-Both": "path", "X-Path": "p" } };
  gateway.world.put(
    objects.ingress("app", { hosts: ["app.example.com"], splits: [{ revision: "rev", percent: 100, appendHeaders }], path }),
  );
  setInstances(gateway.world, [app.port]);
  const headers = JSON.parse((await ask(gateway.port, { headers: { "x-both": "client", "x-path": "client" } })).body) as Record<
    string,
    string
  >;
  assert.deepEqual([headers["x-both"], headers["x-path"], headers["x-split"]], ["split", "p", "s"]);
  assert.equal(headers["knative-serving-revision"], undefined);
});

test("a DomainMapping leads through the Route's placeholder Service, and user code sees the Host of the client", async () => {
  await using app = await echo();
  await using gateway = await gatewayWorld();
  const { world } = gateway;
  world.put(objects.revision("rev"));
  world.put(
    objects.ingress("route", {
      hosts: ["route.ns.svc.cluster.local"],
      visibility: "ClusterLocal",
      splits: [{ revision: "rev", percent: 100 }],
    }),
  );
  const placeholder = { type: "ExternalName", externalName: "gateway.example.com", ports: [{ name: "http", port: 80 }] };
  world.put({ apiVersion: "v1", kind: serviceKind.kind, metadata: { namespace: "ns", name: "route" }, spec: placeholder } as never);
  const path = { rewriteHost: "route.ns.svc.cluster.local", appendHeaders: { "K-Original-Host": "mine.org" } };
  world.put(objects.ingress("mine.org", { hosts: ["mine.org"], splits: [{ revision: "route", percent: 100 }], path }));
  setInstances(world, [app.port]);
  const headers = JSON.parse((await ask(gateway.port, { headers: { host: "mine.org" } })).body) as Record<string, string>;
  assert.equal(headers["host"], "mine.org");
  assert.equal(headers["k-original-host"], undefined);
});

test("rewriteHost alone changes the Host", async () => {
  await using app = await echo();
  await using gateway = await gatewayWorld();
  gateway.world.put(objects.revision("rev"));
  const path = { rewriteHost: "inner.example.com" };
  gateway.world.put(objects.ingress("app", { hosts: ["app.example.com"], splits: [{ revision: "rev", percent: 100 }], path }));
  setInstances(gateway.world, [app.port]);
  assert.equal((JSON.parse((await ask(gateway.port)).body) as Record<string, string>)["host"], "inner.example.com");
});

test("a plain Service with pods of its own is a backend without limits", async () => {
  await using app = await backend((_request, response) => void response.end("plain"));
  await using gateway = await gatewayWorld();
  const spec = { selector: { app: "x" }, ports: [{ name: "web", port: 80 }] };
  gateway.world.put({ apiVersion: "v1", kind: "Service", metadata: { namespace: "ns", name: "svc" }, spec } as never);
  const slice = objects.slice("svc", app.port);
  const labels = { "kubernetes.io/service-name": "svc" };
  const plain: EndpointSlice = { ...slice, metadata: { ...slice.metadata, labels }, ports: [{ name: "web", port: app.port }] };
  gateway.world.put(plain);
  gateway.world.put(objects.ingress("app", { hosts: ["app.example.com"], splits: [{ revision: "svc", percent: 100 }] }));
  assert.equal((await ask(gateway.port)).body, "plain");
});

test("httpOption Redirected sends plain HTTP to https with 301", async () => {
  await using gateway = await gatewayWorld();
  const splits = [{ revision: "rev", percent: 100 }];
  gateway.world.put(objects.ingress("app", { hosts: ["app.example.com"], splits, httpOption: "Redirected" }));
  const answer = await ask(gateway.port, { path: "/a?b", headers: { host: "app.example.com:8080" } });
  assert.deepEqual([answer.status, answer.headers["location"]], [301, "https://app.example.com/a?b"]);
});

test("a route that is seen before its Revision makes requests wait, not fail", async () => {
  await using app = await backend((_request, response) => void response.end("found"));
  await using gateway = await gatewayWorld();
  gateway.world.put(objects.ingress("app", { hosts: ["app.example.com"], splits: [{ revision: "rev", percent: 100 }] }));
  const answer = ask(gateway.port);
  await until(() => gateway.reports.length > 0, "the request to wait");
  setInstances(gateway.world, [app.port]);
  gateway.world.put(objects.revision("rev"));
  assert.equal((await answer).body, "found");
});

test("one report a second tells the average concurrency of a revision with traffic", async () => {
  await using app = await backend((_request, response) => void setTimeout(() => response.end(), 300));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  await Promise.all(Array.from({ length: 10 }, () => ask(gateway.port)));
  await until(() => gateway.reports.length > 0, "a report");
  const [stat] = gateway.reports[0]?.stats ?? [];
  assert.equal(stat?.requestCount, 10);
  assert.ok(stat.averageConcurrency > 2 && stat.averageConcurrency < 4.5, `${stat.averageConcurrency} of about 3`);
});

test("each instance is told the name of its pod, also after another has refused the request, whatever the client says", async () => {
  await using first = await backend((request, response) => void response.end(`first is ${request.headers["kinetic-instance"]}`));
  await using second = await backend((request, response) => void response.end(`second is ${request.headers["kinetic-instance"]}`));
  await using gateway = await gatewayWorld();
  route(gateway.world);
  const refusing = await backend(() => {});
  await refusing[Symbol.asyncDispose]();
  setInstances(gateway.world, [first.port, refusing.port, second.port]);
  const answers = new Set<string>();
  for (let n = 0; n < 20; n++) answers.add((await ask(gateway.port, { headers: { "Kinetic-Instance": "mine" } })).body);
  assert.deepEqual([...answers].toSorted(), [`first is pod-${first.port}`, `second is pod-${second.port}`]);
});
