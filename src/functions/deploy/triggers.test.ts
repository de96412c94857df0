import assert from "node:assert/strict";
import { test } from "node:test";
import type { KnativeService } from "../../api/serving/service.ts";
import { World } from "../../testing/world.ts";
import { applyTriggers, makeTriggers } from "./triggers.ts";

const SERVICE = { metadata: { name: "f", namespace: "ns", uid: "u" }, spec: {} } as unknown as KnativeService;
const CREATED = { source: "default", filters: { type: "created" } };

test("triggers: one for each subscription, owned by the Service", () => {
  const [trigger] = makeTriggers(SERVICE, [CREATED]);
  assert.deepEqual(trigger, {
    apiVersion: "eventing.knative.dev/v1",
    kind: "Trigger",
    metadata: {
      name: "f-function-trigger-0",
      namespace: "ns",
      ownerReferences: [{ apiVersion: "serving.knative.dev/v1", kind: "Service", name: "f", uid: "u" }],
    },
    spec: {
      broker: "default",
      filter: { attributes: { type: "created" } },
      subscriber: { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "f", namespace: "ns" } },
    },
  });
});

test("triggers: a redeploy changes filters, makes another broker's anew, removes what is gone, and leaves others alone", async () => {
  const other = {
    apiVersion: "eventing.knative.dev/v1",
    kind: "Trigger",
    metadata: { name: "mine", namespace: "ns" },
    spec: { broker: "default" },
  };
  const world = new World({ objects: [other] });
  const writes = () => world.writes.splice(0).map(({ verb, key }) => `${verb} ${key}`);
  assert.equal(await applyTriggers(world.client, SERVICE, [CREATED, { source: "default" }]), 2);
  assert.deepEqual(writes(), ["create ns/f-function-trigger-0", "create ns/f-function-trigger-1"]);
  assert.equal(await applyTriggers(world.client, SERVICE, [CREATED, { source: "default" }]), 0);
  assert.deepEqual(writes(), []);
  await applyTriggers(world.client, SERVICE, [{ ...CREATED, filters: { type: "deleted" } }, { source: "other" }]);
  assert.deepEqual(writes(), ["update ns/f-function-trigger-0", "delete ns/f-function-trigger-1", "create ns/f-function-trigger-1"]);
  await applyTriggers(world.client, SERVICE, [CREATED]);
  assert.deepEqual(writes(), ["update ns/f-function-trigger-0", "delete ns/f-function-trigger-1"]);
  await applyTriggers(world.client, SERVICE);
  assert.deepEqual(writes(), ["delete ns/f-function-trigger-0"]);
});
