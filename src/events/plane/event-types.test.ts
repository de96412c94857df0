import assert from "node:assert/strict";
import { test } from "node:test";
import { configMapKind } from "../../api/core/config-map.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { silentLogger } from "../../std/logger.ts";
import { ManualClock } from "../../testing/clock.ts";
import { TornDisk } from "../../testing/torn-disk.ts";
import { World } from "../../testing/world.ts";
import { openJournal } from "../journal/journal.ts";
import { makeEventType, recordEventTypes } from "./event-types.ts";

const BROKER = {
  apiVersion: "eventing.knative.dev/v1",
  kind: "Broker",
  metadata: { namespace: "ns", name: "b", uid: "broker-uid" },
  spec: {},
};
const features = (value: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "knative-eventing", name: "config-features" },
  data: { "eventtype-auto-create": value },
});
const event = (id: string, type: string) => ({ attributes: { specversion: "1.0", id, source: "/s", type } });

test("event types: named by type, source, namespace and broker", () => {
  const made = makeEventType(BROKER as never, { attributes: { ...event("1", "t").attributes, dataschema: "http://schema" } });
  assert.match(made.metadata.name ?? "", /^et-b-[0-9a-f]{32}$/);
  assert.deepEqual(made.spec, {
    type: "t",
    source: "/s",
    schema: "http://schema",
    description: "Event Type auto-created by controller",
    reference: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "b", namespace: "ns" },
  });
});

test("event types: one for each kind of event while the flag is on, none while it is off", async (t) => {
  const world = new World({ objects: [BROKER, features("disabled")] as unknown as KubeObject[] });
  const opened = openJournal({ disk: new TornDisk(), clock: new ManualClock(), folder: "/journal", limits: { reserveBytes: 0 } });
  assert.ok(opened.kind === "ok");
  const { journal } = opened;
  const recorder = recordEventTypes({ client: world.client, informers: world.informers, journal, logger: silentLogger });
  t.after(async () => {
    await recorder[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
  });
  const types = () =>
    world.writes.filter(({ kind }) => kind === "EventType").map(({ body }) => (body as { spec: { type: string } }).spec.type);
  const until = async (ask: () => boolean) => {
    const deadline = Date.now() + 5000;
    while (!ask() && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(ask(), JSON.stringify(types()));
  };
  await journal.append("broker-uid", [event("1", "before")]);
  await journal.append("other", [event("1", "elsewhere")]);
  const map = await world.client.get(configMapKind, { namespace: "knative-eventing", name: "config-features" });
  await world.client.update(configMapKind, { ...map, ...features("enabled"), metadata: { ...map?.metadata } });
  await journal.append("broker-uid", [event("2", "a"), event("3", "b")]);
  await until(() => types().includes("b"));
  await journal.append("broker-uid", [event("4", "a"), event("5", "c")]);
  await until(() => types().includes("c"));
  assert.deepEqual(
    types().filter((type) => type !== "before"),
    ["a", "b", "c"],
  );
});
