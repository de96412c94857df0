import assert from "node:assert/strict";
import test from "node:test";
import { knativeKinds } from "./knative.ts";
import { knativeServiceKind } from "./serving/service.ts";

/** Header lines of `kubectl get` against a real installation, after the name that the API server puts in front. */
const HEADERS: Readonly<Record<string, string>> = {
  Service: "URL LATESTCREATED LATESTREADY READY REASON",
  Configuration: "LATESTCREATED LATESTREADY READY REASON",
  Revision: "CONFIG NAME GENERATION READY REASON ACTUAL REPLICAS DESIRED REPLICAS",
  Route: "URL READY REASON",
  PodAutoscaler: "DESIREDSCALE ACTUALSCALE READY REASON",
  Metric: "READY REASON",
  ServerlessService: "MODE ACTIVATORS SERVICENAME PRIVATESERVICENAME READY REASON",
  Certificate: "READY REASON",
  Image: "IMAGE",
  DomainMapping: "URL READY REASON",
  ClusterDomainClaim: "AGE",
  Broker: "URL AGE READY REASON CLASS",
  Trigger: "BROKER SUBSCRIBER_URI AGE READY REASON",
  Channel: "URL AGE READY REASON",
  InMemoryChannel: "URL AGE READY REASON",
  Subscription: "AGE READY REASON",
  PingSource: "SINK SCHEDULE AGE READY REASON",
  ApiServerSource: "SINK AGE READY REASON",
  SinkBinding: "SINK AGE READY REASON",
  ContainerSource: "SINK AGE READY REASON",
};

const EVENT_TYPE_HEADER = "TYPE SOURCE SCHEMA REFERENCE NAME REFERENCE KIND DESCRIPTION READY REASON";
const EVENTING = ["eventing.knative.dev", "messaging.knative.dev", "sources.knative.dev"];

for (const kind of knativeKinds) {
  const header = headerOf(kind);
  if (header === undefined) continue;
  test(`${kind.kind} ${kind.version} prints the columns of real Knative`, () => {
    assert.equal(kind.columns.map(({ name }) => name.toUpperCase()).join(" "), header);
  });
}

function headerOf({ group, version, kind }: (typeof knativeKinds)[number]): string | undefined {
  if (group === "networking.internal.knative.dev" && kind === "Ingress") return "READY REASON";
  if (kind === "EventType") return version === "v1beta3" ? EVENT_TYPE_HEADER.replace("SCHEMA ", "") : EVENT_TYPE_HEADER;
  return HEADERS[kind];
}

test("every kind brings its definition, has a status and raises its generation with the spec", () => {
  for (const kind of knativeKinds) {
    assert.ok(kind.definitions?.[kind.definition]?.properties?.["spec"], kind.kind);
    assert.equal(kind.subresources.status, true);
    assert.equal(kind.generation, "spec");
    const part = EVENTING.includes(kind.group) ? "knative-eventing" : "knative-serving";
    assert.equal(kind.crd?.labels["app.kubernetes.io/name"], part);
  }
});

test("a Service without status prints nothing", () => {
  const cells = knativeServiceKind.columns.map((column) =>
    column.cell({ metadata: { name: "hello" }, spec: { template: { spec: { containers: [] } } } }, 0),
  );
  assert.ok(cells.every((cell) => cell === null || cell === ""));
});
