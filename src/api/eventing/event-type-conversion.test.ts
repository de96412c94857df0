import assert from "node:assert/strict";
import { test } from "node:test";
import { eventTypeFromV1Beta3, eventTypeToV1Beta3 } from "./event-type-conversion.ts";
import type { EventTypeV1Beta3 } from "./event-type-v1beta3.ts";

const metadata = { name: "e", namespace: "ns" };

test("v1beta2 is shown as v1beta3: attributes in a list, the Broker as a reference", () => {
  const shown = eventTypeToV1Beta3({ metadata, spec: { type: "t", source: "/s", schema: "http://x", broker: "b", description: "d" } });
  assert.deepEqual(shown.spec, {
    attributes: [
      { name: "type", required: true, value: "t" },
      { name: "source", required: true, value: "/s" },
      { name: "specversion", required: true, value: "1.0" },
      { name: "id", required: true },
      { name: "dataschema", required: false, value: "http://x" },
    ],
    description: "d",
    reference: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "b" },
  });
});

test("nothing is lost on the way from v1beta3 to what is stored and back", () => {
  const specs: readonly EventTypeV1Beta3["spec"][] = [
    { attributes: [{ name: "type", required: true, value: "t" }] },
    {
      attributes: [
        { name: "type", value: "t" },
        { name: "extra", required: true, value: "{v}" },
      ],
      variables: [{ name: "v", pattern: "a+" }],
    },
    {},
    { description: "d", reference: { apiVersion: "v1", kind: "Service", name: "s" }, attributes: [] },
  ];
  for (const spec of specs) {
    const object = { apiVersion: "eventing.knative.dev/v1beta3", metadata, spec };
    const stored = eventTypeFromV1Beta3(object);
    assert.equal(stored.apiVersion, "eventing.knative.dev/v1beta2");
    assert.deepEqual(JSON.parse(JSON.stringify(eventTypeToV1Beta3(stored))), object);
  }
});
