import assert from "node:assert/strict";
import test from "node:test";
import { ingressKind } from "../../../api/networking-internal/ingress.ts";
import { revisionKind } from "../../../api/serving/revision.ts";
import { routeKind } from "../../../api/serving/route.ts";
import { knativeServiceKind } from "../../../api/serving/service.ts";
import { HELLO, Life, texts } from "./fixtures/life.ts";

const V2 = { template: { spec: { containers: [{ image: "dev.local/hello:v2" }] } } };
const ROLLING = 'Ready=Unknown/RolloutInProgress "A gradual rollout of the latest revision(s) is in progress."';

/** A second revision is ready, and the Service asks for three seconds of rollout. */
async function rolling(traffic: object = {}): Promise<Life> {
  const annotations = { "serving.knative.dev/rollout-duration": "3s" };
  const life = new Life();
  await life.applyService({ ...HELLO, ...traffic }, { annotations });
  await life.instancesReady("hello-00001");
  await life.programmed();
  await life.applyService({ ...V2, ...traffic }, { annotations });
  await life.instancesReady("hello-00002");
  return life;
}

/** `hello-00001 99, hello-00002 1` for each name that callers from outside use. */
const splits = (life: Life) =>
  (life.get(ingressKind, "hello").spec.rules ?? [])
    .filter(({ visibility }) => visibility === "ExternalIP")
    .map(({ http }) => http?.paths[0]?.splits.map(({ serviceName, percent }) => `${serviceName} ${percent}`).join(", "));

async function second(life: Life): Promise<void> {
  await life.world.clock.advance(1_000);
  await life.again("hello");
  await life.programmed();
}

test("a new revision gets its traffic step by step, and the Service is Ready at the end", async () => {
  const life = await rolling();
  assert.deepEqual(splits(life), ["hello-00001 99, hello-00002 1"]);
  await life.programmed();
  assert.ok(texts(life.get(routeKind, "hello")).includes(ROLLING));
  assert.ok(texts(life.get(knativeServiceKind, "hello")).includes(ROLLING));
  assert.equal(life.get(revisionKind, "hello-00001").metadata.labels?.["serving.knative.dev/routingState"], "active");
  assert.deepEqual(
    life.get(knativeServiceKind, "hello").status?.traffic?.map(({ revisionName, percent }) => `${revisionName} ${percent}`),
    ["hello-00001 99", "hello-00002 1"],
  );
  await second(life);
  assert.deepEqual(splits(life), ["hello-00001 49, hello-00002 51"], "99 percent in two steps of a second");
  await second(life);
  assert.deepEqual(splits(life), ["hello-00002 100"]);
  assert.ok(texts(life.get(knativeServiceKind, "hello")).includes("Ready=True"));
  assert.equal(life.get(revisionKind, "hello-00001").metadata.labels?.["serving.knative.dev/routingState"], "reserve");
});

test("a tag of the latest revision rolls out too, and a rollback ends everything at once", async () => {
  const life = await rolling({ traffic: [{ latestRevision: true, percent: 100, tag: "current" }] });
  assert.deepEqual(splits(life), ["hello-00001 99, hello-00002 1", "hello-00001 99, hello-00002 1"]);
  await life.applyService({ ...V2, traffic: [{ revisionName: "hello-00001", percent: 100 }] });
  await life.programmed();
  assert.deepEqual(splits(life), ["hello-00001 100"]);
  assert.ok(texts(life.get(knativeServiceKind, "hello")).includes("Ready=True"));
});

test("while a rollout waits for its next step, looking again changes nothing", async () => {
  const life = await rolling();
  await life.programmed();
  const before = life.world.writes.length;
  await life.again("hello", "hello-00001", "hello-00002");
  assert.deepEqual(life.world.writes.slice(before), []);
});
