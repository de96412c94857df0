import assert from "node:assert/strict";
import { test } from "node:test";
import { INTERNAL_GATEWAY } from "../../api/names/services.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { World } from "../../testing/world.ts";
import { clusterLocator } from "./locate.ts";

const service = (name: string, spec: object, namespace = "ns") => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace, name },
  spec: { ports: [{ port: 80 }], ...spec },
});
const slice = (name: string, port: number, ready = true, namespace = "ns") => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { namespace, name: `${name}-1`, labels: { "kubernetes.io/service-name": name } },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.0.0.9"], conditions: { ready } }],
  ports: [{ port }],
});
const [gateway = "", gatewayNamespace = ""] = INTERNAL_GATEWAY.host.split(".");

function locator() {
  const objects = [
    service("pods", {}),
    slice("pods", 8080),
    service("starting", {}),
    slice("starting", 8080, false),
    service("knative", { type: "ExternalName", externalName: INTERNAL_GATEWAY.host }),
    service(gateway, {}, gatewayNamespace),
    slice(gateway, 9090, true, gatewayNamespace),
    service("outside", { type: "ExternalName", externalName: "example.com" }),
    service("round", { type: "ExternalName", externalName: "round.ns.svc.cluster.local" }),
  ];
  const { informers } = new World({ objects: objects as unknown as KubeObject[] });
  const locate = clusterLocator(informers, () => 0);
  return (url: string) => {
    const place = locate(new URL(url));
    return place.kind === "at" ? `${place.host}:${place.port}` : place.message;
  };
}

test("locate: hosts of the cluster are where their Services lead", () => {
  const locate = locator();
  const rows: readonly [string, string][] = [
    ["http://pods.ns.svc.cluster.local", "10.0.0.9:8080"],
    ["http://pods.ns.svc.cluster.local./path", "10.0.0.9:8080"],
    ["http://PODS.ns.svc", "10.0.0.9:8080"],
    ["http://knative.ns.svc.cluster.local", "10.0.0.9:9090"],
    ["http://outside.ns.svc.cluster.local", "example.com:80"],
  ];
  assert.deepEqual(
    rows.map(([url]) => [url, locate(url)]),
    rows,
  );
});

test("locate: why a host of the cluster is nowhere", () => {
  const locate = locator();
  assert.equal(locate("http://none.ns.svc.cluster.local"), "there is no Service ns/none");
  assert.equal(locate("http://pods.ns.svc.cluster.local:81"), "Service ns/pods has no port 81");
  assert.equal(locate("http://starting.ns.svc.cluster.local"), "Service ns/starting has no ready endpoint");
  assert.match(locate("http://round.ns.svc.cluster.local"), /ExternalNames without end$/);
});

test("locate: other hosts are the system's; localhost is this machine", () => {
  const locate = locator();
  assert.equal(locate("https://example.com/x"), "example.com:443");
  assert.equal(locate("http://a.localhost:81"), "127.0.0.1:81");
  assert.equal(locate("http://[::1]:82"), "::1:82");
});
