import assert from "node:assert/strict";
import { test } from "node:test";
import { configMapKind } from "../../api/core/config-map.ts";
import { podKind } from "../../api/core/pod.ts";
import { World } from "../../testing/world.ts";
import { createOrUpdate, updateStatusIfChanged } from "./apply.ts";

const key = { namespace: "ns", name: "a" };

test("createOrUpdate creates, changes what differs, keeps what others added, and then rests", async () => {
  const world = new World();
  const desired = (value: string) => ({ metadata: { ...key, labels: { ours: value } }, data: { k: value } });
  const make = (value: string) => createOrUpdate(world.client, configMapKind, world.get(configMapKind, key), desired(value));
  assert.equal((await make("1")).result, "created");
  await world.client.patch(configMapKind, key, { type: "merge", body: { metadata: { labels: { theirs: "x" } } } });
  assert.equal((await make("2")).result, "updated");
  assert.equal((await make("2")).result, "unchanged");
  assert.deepEqual(world.get(configMapKind, key)?.metadata.labels, { ours: "2", theirs: "x" });
  assert.deepEqual(world.get(configMapKind, key)?.data, { k: "2" });
});

test("updateStatusIfChanged writes a different status once", async () => {
  const world = new World({ objects: [{ apiVersion: "v1", kind: "Pod", metadata: key }] });
  const pod = world.get(podKind, key);
  assert.ok(pod);
  const updated = await updateStatusIfChanged(world.client, podKind, pod, { phase: "Running" });
  await updateStatusIfChanged(world.client, podKind, updated, { phase: "Running" });
  assert.deepEqual(
    world.writes.map(({ verb }) => verb),
    ["status"],
  );
});
