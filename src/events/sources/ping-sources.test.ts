import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { silentLogger } from "../../std/logger.ts";
import { ManualClock, settle } from "../../testing/clock.ts";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import { invalidEvent } from "../../api/cloudevents/event.ts";
import { createEmitter } from "./emitter.ts";
import { parsePingSchedule } from "../../api/sources/ping-schedule.ts";
import { PingSources, type PingSpec } from "./ping-sources.ts";

const START = Date.parse("2026-03-28T12:00:00Z");

function nextTimes(schedule: string, timezone?: string): readonly string[] | string {
  const parsed = parsePingSchedule(schedule, timezone);
  if (parsed.kind === "invalid") return parsed.message;
  const first = parsed.schedule.next(START) ?? 0;
  return [first, parsed.schedule.next(first) ?? 0].map((ms) => new Date(ms).toISOString());
}

test("ping: five fields, six with seconds, descriptors, zones", () => {
  assert.deepEqual(nextTimes("*/10 * * * *"), ["2026-03-28T12:10:00.000Z", "2026-03-28T12:20:00.000Z"]);
  assert.deepEqual(nextTimes("*/20 * * * * *"), ["2026-03-28T12:00:20.000Z", "2026-03-28T12:00:40.000Z"]);
  assert.deepEqual(nextTimes("@daily"), ["2026-03-29T00:00:00.000Z", "2026-03-30T00:00:00.000Z"]);
  assert.deepEqual(nextTimes("0 9 * * *", "America/New_York"), ["2026-03-28T13:00:00.000Z", "2026-03-29T13:00:00.000Z"]);
  assert.deepEqual(nextTimes("CRON_TZ=Asia/Tokyo 0 9 * * *"), ["2026-03-29T00:00:00.000Z", "2026-03-30T00:00:00.000Z"]);
});

test("ping: a time that the change of clocks skips fires right after it", () => {
  assert.deepEqual(nextTimes("30 2 * * *", "Europe/Berlin"), ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]);
});

test("ping: schedules that are refused say why", () => {
  const rows: readonly [string, string | undefined, RegExp][] = [
    ["", undefined, /"" has not five or six fields/],
    ["* * * *", undefined, /has not five or six fields/],
    ["61 * * * *", undefined, /Invalid value for minute: 61/],
    ["@every 5s", undefined, /@every is not supported/],
    ["@reboot", undefined, /@reboot is not one of @yearly/],
    ["* * * * *", "Mars/Olympus", /^unknown time zone Mars\/Olympus$/],
    ["CRON_TZ=UTC * * * * *", "UTC", /given both/],
    ["2026-12-01T00:00:00Z", undefined, /has not five or six fields/],
  ];
  for (const [schedule, zone, pattern] of rows) assert.match(String(nextTimes(schedule, zone)), pattern);
});

function pings(t: TestContext) {
  const clock = new ManualClock(START);
  const events: CloudEvent[] = [];
  const refusals: { retryAfterMs: number }[] = [];
  let id = 0;
  const append = (_stream: string, batch: readonly CloudEvent[]) => {
    const refusal = refusals.shift();
    if (refusal !== undefined) return Promise.resolve({ kind: "full" as const, message: "", ...refusal });
    events.push(...batch);
    return Promise.resolve({ kind: "ok" as const, firstOffset: 0, receivedAtMs: 0 });
  };
  const fired: number[] = [];
  const sources = new PingSources({
    clock,
    logger: silentLogger,
    emitter: createEmitter({ append } as unknown as Parameters<typeof createEmitter>[0], clock),
    newId: () => `id-${++id}`,
    fired: (_spec, atMs) => void fired.push(atMs),
  });
  t.after(() => sources[Symbol.asyncDispose]());
  return { clock, sources, events, refusals, fired };
}

const SPEC: PingSpec = { uid: "u", namespace: "default", name: "p", extensions: {}, schedule: "* * * * *", catchUp: "none" };

test("ping: an event at each time, with the type, source and data of the reference", async (t) => {
  const { clock, sources, events } = pings(t);
  sources.apply([{ ...SPEC, contentType: "application/json", data: new TextEncoder().encode("{}"), extensions: { team: "a" } }]);
  await clock.advance(59_999);
  assert.equal(events.length, 0);
  await clock.advance(60_001);
  assert.equal(events.length, 2);
  const [event] = events;
  assert.ok(event);
  assert.equal(invalidEvent(event), undefined);
  assert.deepEqual(event.attributes, {
    specversion: "1.0",
    id: "id-1",
    source: "/apis/v1/namespaces/default/pingsources/p",
    type: "dev.knative.sources.ping",
    time: "2026-03-28T12:01:00.000Z",
    datacontenttype: "application/json",
    team: "a",
  });
  assert.equal(new TextDecoder().decode(event.data), "{}");
});

test("ping: one that goes on is not disturbed by another, one that is gone stops, a changed one begins anew", async (t) => {
  const { clock, sources, events } = pings(t);
  sources.apply([SPEC]);
  await clock.advance(30_000);
  sources.apply([SPEC, { ...SPEC, uid: "v", name: "q", schedule: "0 0 1 1 *" }]);
  await clock.advance(30_000);
  assert.equal(events.length, 1);
  sources.apply([{ ...SPEC, schedule: "*/10 * * * * *" }]);
  await clock.advance(10_000);
  assert.equal(events.length, 2);
  sources.apply([]);
  await clock.advance(600_000);
  assert.equal(events.length, 2);
  assert.equal(clock.pending, 0);
});

test("ping: a machine that slept makes one event, not all that were missed", async (t) => {
  const { clock, sources, events } = pings(t);
  sources.apply([SPEC]);
  const wake = clock.now.bind(clock);
  clock.now = () => wake() + 3_600_000;
  await clock.advance(60_000);
  assert.equal(events.length, 1);
});

test("ping: with catch-up, one event for what was missed while nothing ran", async (t) => {
  const { sources, events, fired } = pings(t);
  sources.apply([{ ...SPEC, catchUp: "latest", lastMs: START - 3_600_000 }]);
  await settle();
  assert.deepEqual([events.length, fired], [1, [START]]);
  const second = pings(t);
  second.sources.apply([{ ...SPEC, lastMs: START - 3_600_000 }]);
  await settle();
  assert.equal(second.events.length, 0);
});

test("ping: a journal that takes nothing gets the event later", async (t) => {
  const { clock, sources, events, refusals } = pings(t);
  refusals.push({ retryAfterMs: 1000 }, { retryAfterMs: 1000 });
  sources.apply([SPEC]);
  await clock.advance(61_000);
  assert.equal(events.length, 0);
  await clock.advance(1000);
  assert.equal(events[0]?.attributes["id"], "id-1");
});
