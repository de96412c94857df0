import assert from "node:assert/strict";
import { test } from "node:test";
import type { Destination } from "../../../../api/duck/destination.ts";
import { allKinds } from "../../../../api/kinds.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { World } from "../../../../testing/world.ts";
import type { Reference } from "../../../controller/tracker.ts";
import { DestinationResolver } from "./destination.ts";

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "knative-eventing" },
  data,
});

const OBJECTS: readonly KubeObject[] = [
  { apiVersion: "v1", kind: "Service", metadata: { name: "plain", namespace: "ns" } },
  { apiVersion: "v1", kind: "Service", metadata: { name: "far", namespace: "other" } },
  {
    apiVersion: "eventing.knative.dev/v1",
    kind: "Broker",
    metadata: { name: "b", namespace: "ns" },
    status: {
      address: { url: "http://first/x" },
      addresses: [
        { name: "http", url: "http://first/x" },
        { name: "https", url: "https://second/x", CACerts: "PEM" },
      ],
    },
  } as KubeObject,
  { apiVersion: "eventing.knative.dev/v1", kind: "Broker", metadata: { name: "new", namespace: "ns" } },
];

function resolve(destination: Destination, objects: readonly KubeObject[] = []): { answer: unknown; references: readonly Reference[] } {
  const world = new World({ objects: [...OBJECTS, ...objects] });
  const references: Reference[] = [];
  const found = new DestinationResolver(world, allKinds).resolve(destination, "ns", references);
  return { answer: found.kind === "resolved" ? found.address : found.message, references };
}

const SERVICE = { apiVersion: "v1", kind: "Service", name: "plain" };
const BROKER = { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "b" };

/** Destination -> address, or why there is none. */
const CASES: readonly (readonly [name: string, destination: Destination, answer: unknown])[] = [
  ["an absolute URL", { uri: "http://a.example.com/b" }, { url: "http://a.example.com/b" }],
  ["a Service of Kubernetes", { ref: SERVICE }, { url: "http://plain.ns.svc.cluster.local" }],
  ["one that is trusted by certificates", { ref: SERVICE, CACerts: "PEM" }, { url: "https://plain.ns.svc.cluster.local", CACerts: "PEM" }],
  ["a path below it", { ref: SERVICE, uri: "/path?q=1" }, { url: "http://plain.ns.svc.cluster.local/path?q=1" }],
  ["one of another namespace", { ref: { ...SERVICE, name: "far", namespace: "other" } }, { url: "http://far.other.svc.cluster.local" }],
  ["the first of several addresses", { ref: BROKER }, { url: "http://first/x" }],
  ["an address by its name", { ref: { ...BROKER, address: "https" } }, { url: "https://second/x", CACerts: "PEM" }],
  ["a path relative to an address", { ref: BROKER, uri: "y" }, { url: "http://first/y" }],
  ["a kind by its group", { ref: { group: "eventing.knative.dev", kind: "Broker", name: "b" } }, { url: "http://first/x" }],
  ["a name that no address has", { ref: { ...BROKER, address: "grpc" } }, 'address with name "grpc" not found for Broker ns/b'],
  ["an object without an address", { ref: { ...BROKER, name: "new" } }, "address not set for Broker ns/new"],
  ["an object that is not there", { ref: { ...SERVICE, name: "x" } }, 'failed to get object ns/x: services "x" not found'],
  ["a kind that is not there", { ref: { apiVersion: "x/v1", kind: "Y", name: "z" } }, "there is no kind Y of x/v1"],
  ["nothing", {}, "destination has neither ref nor uri"],
];

for (const [name, destination, answer] of CASES) {
  test(`destination: ${name}`, () => {
    assert.deepEqual(resolve(destination).answer, answer);
  });
}

test("a destination names the object that its address hangs on, also when that is not there", () => {
  const { references } = resolve({ ref: { ...SERVICE, name: "x" } });
  assert.deepEqual(
    references.map(({ kind, key }) => [kind.plural, key]),
    [["services", { namespace: "ns", name: "x" }]],
  );
});

test("a mapping gives kinds an address that have none, once the feature is on", () => {
  const mapping = configMap("config-kreference-mapping", { "Y.v1.x": "https://{{ .Name }}.{{ .Namespace }}.example.com" });
  const destination = { ref: { apiVersion: "x/v1", kind: "Y", name: "z" } };
  assert.equal(resolve(destination, [mapping]).answer, "there is no kind Y of x/v1");
  const features = configMap("config-features", { "kreference-mapping": "enabled" });
  assert.deepEqual(resolve(destination, [mapping, features]).answer, { url: "https://z.ns.example.com" });
});
