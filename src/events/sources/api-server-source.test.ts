import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ApiError } from "../../api/meta/errors.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { WatchEvent } from "../../client/types.ts";
import { silentLogger } from "../../std/logger.ts";
import { ManualClock, settle } from "../../testing/clock.ts";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { invalidEvent } from "../../api/cloudevents/event.ts";
import { compileFilter } from "../filter/filter.ts";
import type { ResumePoint } from "./api-server-changes.ts";
import { followResource, type ApiServerSpec, type ApiServerWorld } from "./api-server-source.ts";

const KIND = { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const SPEC: ApiServerSpec = { uid: "u", namespace: "ns", name: "s", extensions: {}, mode: "Reference", resources: [] };

const object = (name: string, resourceVersion: string, more: object = {}): KubeObject => ({
  metadata: { name, namespace: "ns", uid: `uid-${name}`, resourceVersion, ...more },
});

type Step = WatchEvent<KubeObject> | "break" | "gone" | "hold";

/** A server that answers each list and each watch from a script. */
function scripted(
  t: TestContext,
  script: { lists: KubeObject[][]; watches: Step[][]; spec?: Partial<ApiServerSpec>; resumeAt?: ResumePoint },
) {
  const clock = new ManualClock();
  const events: CloudEvent[] = [];
  const asked: (string | undefined)[] = [];
  const end = new AbortController();
  let version = 100;
  const client = {
    list: () => Promise.resolve({ items: script.lists.shift() ?? [], resourceVersion: String(version++) }),
    async *watch(_kind: unknown, options: { readonly resourceVersion?: string }, signal: AbortSignal) {
      asked.push(options.resourceVersion);
      for (const step of script.watches.shift() ?? ["hold"]) {
        if (step === "break") throw new Error("connection reset");
        if (step === "gone")
          throw new ApiError({ kind: "Status", apiVersion: "v1", status: "Failure", code: 410, reason: "Expired", message: "" } as never);
        if (step === "hold") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
        else yield step;
      }
    },
  };
  const world: ApiServerWorld = {
    client: client as unknown as ApiServerWorld["client"],
    clock,
    random: () => 0.5,
    logger: silentLogger,
    emitter: { emit: (_source, event) => Promise.resolve(void events.push(event)) },
    apiServer: "https://10.96.0.1:443",
  };
  const following = followResource(
    world,
    { ...SPEC, ...script.spec },
    { kind: KIND },
    { signal: end.signal, ...(script.resumeAt === undefined ? {} : { resumeAt: script.resumeAt }) },
  );
  t.after(async () => {
    end.abort();
    await following;
  });
  return { clock, events, asked };
}

const summary = (events: readonly CloudEvent[]) =>
  events.map(({ attributes }) => `${String(attributes["type"]).split(".").at(-1)} ${attributes["name"]}`);

test("api server source: an event of each change; what is there at the start is none", async (t) => {
  const { events } = scripted(t, {
    lists: [[object("old", "1")]],
    watches: [
      [
        { type: "ADDED", object: object("a", "101") },
        { type: "MODIFIED", object: object("a", "102") },
        { type: "BOOKMARK", object: object("", "103") },
        { type: "DELETED", object: object("a", "104") },
        "hold",
      ],
    ],
  });
  await settle();
  assert.deepEqual(summary(events), ["add a", "update a", "delete a"]);
  const [event] = events;
  assert.ok(event);
  assert.equal(invalidEvent(event), undefined);
  const { time: _, ...attributes } = event.attributes;
  assert.deepEqual(attributes, {
    specversion: "1.0",
    id: "uid-a.101.add",
    source: "https://10.96.0.1:443",
    type: "dev.knative.apiserver.ref.add",
    subject: "/apis/v1/namespaces/ns/configmaps/a",
    datacontenttype: "application/json",
    kind: "ConfigMap",
    apiversion: "v1",
    name: "a",
    namespace: "ns",
  });
  assert.deepEqual(JSON.parse(new TextDecoder().decode(event.data)), { kind: "ConfigMap", namespace: "ns", name: "a", apiVersion: "v1" });
});

test("api server source: Resource mode carries the object", async (t) => {
  const { events } = scripted(t, {
    lists: [[]],
    watches: [[{ type: "ADDED", object: object("a", "101") }, "hold"]],
    spec: { mode: "Resource" },
  });
  await settle();
  assert.equal(events[0]?.attributes["type"], "dev.knative.apiserver.resource.add");
  assert.deepEqual(JSON.parse(new TextDecoder().decode(events[0]?.data)), { ...object("a", "101"), apiVersion: "v1", kind: "ConfigMap" });
});

test("api server source: a broken watch goes on where its events end", async (t) => {
  const { clock, events, asked } = scripted(t, {
    lists: [[]],
    watches: [
      [{ type: "ADDED", object: object("a", "105") }, "break"],
      [{ type: "MODIFIED", object: object("a", "106") }, "hold"],
    ],
  });
  await clock.advance(1000);
  assert.deepEqual(summary(events), ["add a", "update a"]);
  assert.deepEqual(asked, ["100", "105"]);
});

test("api server source: when history is gone, what happened meanwhile is found", async (t) => {
  const { clock, events, asked } = scripted(t, {
    lists: [
      [object("same", "1"), object("changed", "2"), object("gone", "3")],
      [object("new", "90"), object("same", "1"), object("changed", "80")],
    ],
    watches: [["gone"], ["hold"]],
  });
  await clock.advance(1000);
  assert.deepEqual(summary(events), ["delete gone", "update changed", "add new"]);
  assert.deepEqual(asked, ["100", "101"]);
});

test("api server source: an owner and filters leave out what they do not name", async (t) => {
  const owned = { ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "r", uid: "x", controller: true }] };
  const filter = compileFilter({ filters: [{ suffix: { type: ".add" } }] });
  assert.ok(filter.kind === "ok");
  const { events } = scripted(t, {
    lists: [[]],
    watches: [
      [
        { type: "ADDED", object: object("a", "101") },
        { type: "ADDED", object: object("b", "102", owned) },
        { type: "MODIFIED", object: object("b", "103", owned) },
        "hold",
      ],
    ],
    spec: { owner: { apiVersion: "apps/v1", kind: "ReplicaSet" }, filter: filter.filter },
  });
  await settle();
  assert.deepEqual(summary(events), ["add b"]);
});

test("api server source: a later run goes on where the earlier one ended", async (t) => {
  const { asked } = scripted(t, { lists: [[object("a", "50")]], watches: [["hold"]], resumeAt: { version: "42", timeMs: 0 } });
  await settle();
  assert.deepEqual(asked, ["42"]);
});

test("api server source: a later run finds what changed while nothing ran, also when history is gone", async (t) => {
  const made = (name: string, version: string, creationTimestamp: string) => object(name, version, { creationTimestamp });
  const items = [
    made("same", "41", "2026-01-01T00:00:00Z"),
    made("changed", "80", "2026-01-01T00:00:00Z"),
    made("new", "90", "2026-01-01T00:00:09Z"),
  ];
  const { clock, events } = scripted(t, {
    lists: [items, items],
    watches: [["gone"], ["hold"]],
    resumeAt: { version: "42", timeMs: Date.parse("2026-01-01T00:00:09.900Z") },
  });
  await clock.advance(1000);
  assert.deepEqual(summary(events), ["update changed", "add new"]);
});
