import assert from "node:assert/strict";
import { test } from "node:test";
import { condition, READY, service } from "../fixtures/objects.ts";
import { NOW, runScripted, type Ran, type Script } from "../fixtures/scripted.ts";
import { ManualClock, settle } from "../../../testing/clock.ts";

const SERVICES = "/apis/serving.knative.dev/v1/namespaces/kn/services";

const state = (status: "Unknown" | "False", message: string, observedGeneration = 1) =>
  service("a", { status: { observedGeneration, conditions: [condition("Ready", status, { reason: "R", message })] } });
const ready = service("a", { status: { conditions: READY } });
const modified = (object: object) => ({ type: "MODIFIED", object });

/** `kn service wait a`, with the clock moved by `steps` of milliseconds. */
async function wait(script: Script, steps: readonly number[], ...flags: string[]): Promise<Ran> {
  const clock = new ManualClock(NOW);
  const running = runScripted(["service", "wait", "a", ...flags], script, { clock });
  await settle(20);
  for (const step of steps) {
    await clock.advance(step);
    await settle(20);
  }
  return running;
}

const starting = { [`GET ${SERVICES}/a`]: [{ body: state("Unknown", "", 0) }] };

test("waiting: an event of an older generation does not count", async () => {
  const events = [modified(service("a", { metadata: { generation: 2 } })), modified(state("Unknown", "later")), modified(ready)];
  const ran = await wait({ ...starting, [`GET ${SERVICES}?watch`]: [{ events, open: true }] }, []);
  assert.match(ran.stdout, /\n\n {2}0\.000s later\n {2}0\.000s Ready to serve\.\n/);
});

test("waiting: a closed watch is opened again after a second, from the same version", async () => {
  const script = { ...starting, [`GET ${SERVICES}?watch`]: [{ events: [] }, { events: [modified(ready)] }] };
  const ran = await wait(script, [1_000]);
  const watches = ran.calls.filter((call) => call.includes("watch=true"));
  assert.equal(watches.length, 2);
  assert.equal(new Set(watches).size, 1);
  assert.match(ran.stdout, / {2}1\.000s Ready to serve\./);
});

test("waiting: False fails after the window with its first message, Unknown cancels the window", async () => {
  const failing = [modified(state("False", "first")), modified(state("False", "second"))];
  const failed = await wait({ ...starting, [`GET ${SERVICES}?watch`]: [{ events: failing, open: true }] }, [2_000]);
  assert.match(failed.stderr, /^Error: R: first\n/);
  const recovering = [modified(state("False", "first")), modified(state("Unknown", "again"))];
  const script = { ...starting, [`GET ${SERVICES}?watch`]: [{ events: recovering, open: true }] };
  const timedOut = await wait(script, [2_000, 8_000], "--wait-timeout", "10");
  assert.match(timedOut.stderr, /^Error: timeout: service 'a' not ready after 10 seconds\n/);
});

test("waiting: a service that is False already fails after the window", async () => {
  const script = { [`GET ${SERVICES}/a`]: [{ body: state("False", "broken") }], [`GET ${SERVICES}?watch`]: [{ events: [], open: true }] };
  const ran = await wait(script, [2_000]);
  assert.match(ran.stderr, /^Error: R: broken\n/);
});

test("waiting: where nothing can be watched, the service is read every second", async () => {
  const refused = { status: 403, body: { kind: "Status", status: "Failure", reason: "Forbidden", message: "no watch", code: 403 } };
  const version = (object: object, resourceVersion: string) => ({
    body: { ...object, metadata: { ...(object as typeof ready).metadata, resourceVersion } },
  });
  const reads = [
    version(state("Unknown", "", 0), "1"), // of the command
    version(state("Unknown", "", 0), "1"), // of the wait
    version(state("Unknown", "later"), "2"),
    version(state("Unknown", "later"), "2"),
    version(ready, "3"),
  ];
  const ran = await wait({ [`GET ${SERVICES}/a`]: reads, [`GET ${SERVICES}?watch`]: [refused] }, [1_000, 1_000, 1_000]);
  assert.match(ran.stdout, /\n\n {2}1\.000s later\n {2}3\.000s Ready to serve\.\n/);
  assert.equal(ran.calls.filter((call) => call.includes("watch=true")).length, 1);
});
