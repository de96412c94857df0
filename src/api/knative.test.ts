import assert from "node:assert/strict";
import test from "node:test";
import { knativeKinds } from "./knative.ts";
import { knativeServiceKind } from "./serving/service.ts";

/** Header lines of `kubectl get` against a real installation. */
const HEADERS: Readonly<Record<string, string>> = {
  Service: "NAME URL LATESTCREATED LATESTREADY READY REASON",
  Configuration: "NAME LATESTCREATED LATESTREADY READY REASON",
  Revision: "NAME CONFIG NAME GENERATION READY REASON ACTUAL REPLICAS DESIRED REPLICAS",
  Route: "NAME URL READY REASON",
  PodAutoscaler: "NAME DESIREDSCALE ACTUALSCALE READY REASON",
  Metric: "NAME READY REASON",
  ServerlessService: "NAME MODE ACTIVATORS SERVICENAME PRIVATESERVICENAME READY REASON",
  Certificate: "NAME READY REASON",
  Image: "NAME IMAGE",
};

for (const kind of knativeKinds) {
  const header = kind.group === "networking.internal.knative.dev" && kind.kind === "Ingress" ? "NAME READY REASON" : HEADERS[kind.kind];
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

test("a Service without status prints its name and nothing else", () => {
  const cells = knativeServiceKind.columns.map((column) =>
    column.cell({ metadata: { name: "hello" }, spec: { template: { spec: { containers: [] } } } }, 0),
  );
  assert.equal(cells[0], "hello");
  assert.ok(cells.slice(1).every((cell) => cell === null || cell === ""));
});
