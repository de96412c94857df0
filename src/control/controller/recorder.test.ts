import assert from "node:assert/strict";
import { test } from "node:test";
import { eventKind } from "../../api/core/event.ts";
import { podKind } from "../../api/core/pod.ts";
import { silentLogger } from "../../std/logger.ts";
import { World } from "../../testing/world.ts";
import { createRecorder } from "./recorder.ts";

const object = { metadata: { namespace: "ns", name: "a", uid: "u", resourceVersion: "3" } };

function make() {
  const world = new World();
  const recorder = createRecorder({ client: world.client, clock: world.clock, logger: silentLogger, component: "test-controller" });
  const say = (message: string) => recorder.record({ kind: podKind, object, type: "Normal", reason: "Started", message });
  return { world, recorder, say, events: () => world.list(eventKind) };
}

test("an occurrence becomes a core/v1 Event of its component", async () => {
  const { recorder, say, events } = make();
  say("hello");
  await recorder[Symbol.asyncDispose]();
  const [event] = events();
  assert.match(event?.metadata.name ?? "", /^a\.[0-9a-f]{16}$/);
  assert.deepEqual(event?.involvedObject, { apiVersion: "v1", kind: "Pod", namespace: "ns", name: "a", uid: "u", resourceVersion: "3" });
  assert.deepEqual(event?.source, { component: "test-controller" });
  assert.deepEqual([event?.count, event?.firstTimestamp], [1, "2025-01-01T00:00:00Z"]);
});

test("the same occurrence again raises the count", async () => {
  const { world, recorder, say, events } = make();
  say("hello");
  await world.clock.advance(60_000);
  say("hello");
  say("other");
  await recorder[Symbol.asyncDispose]();
  assert.deepEqual(
    events().map(({ message, count, lastTimestamp }) => [message, count, lastTimestamp]),
    [
      ["hello", 2, "2025-01-01T00:01:00Z"],
      ["other", 1, "2025-01-01T00:01:00Z"],
    ],
  );
});

test("an Event that expired meanwhile is made anew", async () => {
  const { world, recorder, say, events } = make();
  say("hello");
  await world.clock.advance(99);
  assert.equal(events().length, 0, "the work that it tells of goes first");
  await world.clock.advance(1);
  world.remove(eventKind, { namespace: "ns", name: events()[0]?.metadata.name ?? "" });
  say("hello");
  await recorder[Symbol.asyncDispose]();
  assert.equal(events()[0]?.count, 1);
});

test("one object gets 25 events at once and then one each five minutes", async () => {
  const { world, recorder, say, events } = make();
  for (let i = 0; i < 40; i += 1) say(`message ${i}`);
  await recorder[Symbol.asyncDispose]();
  assert.equal(events().length, 25);
  await world.clock.advance(300_000);
  say("later");
  say("too early");
  await recorder[Symbol.asyncDispose]();
  assert.equal(events().length, 26);
});
