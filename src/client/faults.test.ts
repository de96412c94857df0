import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigMap } from "../api/k8s/types.generated.ts";
import { isConflict } from "../api/meta/errors.ts";
import type { KindRef } from "../api/meta/kind.ts";
import { ManualClock } from "../testing/clock.ts";
import { createClient } from "./client.ts";
import { conflicts, delayed, failNth, loseNthAnswer, matching, withFaults, type Interceptor } from "./faults.ts";

const MAP: KindRef<ConfigMap> = { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const object = { metadata: { namespace: "ns", name: "a" } };

function world(...interceptors: Interceptor[]) {
  const sent: string[] = [];
  const transport = async (request: Request) => {
    sent.push(request.method);
    return Response.json(object);
  };
  return { sent, client: withFaults(createClient({ transport, userAgent: "test" }), ...interceptors) };
}

test("fails exactly the nth matching call, without sending it", async () => {
  const { client, sent } = world(failNth(2, matching("ConfigMap", "create"), new Error("boom")));
  await client.create(MAP, object);
  await client.update(MAP, object);
  await assert.rejects(client.create(MAP, object), { message: "boom" });
  await client.create(MAP, object);
  assert.deepEqual(sent, ["POST", "PUT", "POST"]);
});

test("a lost answer is a write that happened", async () => {
  const { client, sent } = world(loseNthAnswer(1, matching(undefined, "patch"), new TypeError("socket closed")));
  await assert.rejects(client.patch(MAP, { namespace: "ns", name: "a" }, { type: "merge", body: {} }), TypeError);
  assert.deepEqual(sent, ["PATCH"]);
});

test("conflicts answers 409 for the first calls", async () => {
  const { client } = world(conflicts(1, matching()));
  await assert.rejects(client.update(MAP, object), isConflict);
  await client.update(MAP, object);
});

test("delayed waits on the clock", async () => {
  const clock = new ManualClock();
  const { client, sent } = world(delayed(clock, 100, matching()));
  const call = client.create(MAP, object);
  await clock.advance(99);
  assert.deepEqual(sent, []);
  await clock.advance(1);
  await call;
  assert.deepEqual(sent, ["POST"]);
});
