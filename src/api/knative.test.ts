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
};

for (const kind of knativeKinds) {
  const header = kind.group === "networking.internal.knative.dev" && kind.kind === "Ingress" ? "READY REASON" : HEADERS[kind.kind];
  if (header === undefined) continue;
  test(`${kind.kind} prints the columns of real Knative`, () => {
    assert.equal(kind.columns.map(({ name }) => name.toUpperCase()).join(" "), header);
  });
}

test("every kind brings its definition, has a status and raises its generation with the spec", () => {
  for (const kind of knativeKinds) {
    assert.ok(kind.definitions?.[kind.definition]?.properties?.["spec"], kind.kind);
    assert.equal(kind.subresources.status, true);
    assert.equal(kind.generation, "spec");
    assert.equal(kind.crd?.labels["app.kubernetes.io/name"], "knative-serving");
  }
});

test("a Service without status prints nothing", () => {
  const cells = knativeServiceKind.columns.map((column) =>
    column.cell({ metadata: { name: "hello" }, spec: { template: { spec: { containers: [] } } } }, 0),
  );
  assert.ok(cells.every((cell) => cell === null || cell === ""));
});
