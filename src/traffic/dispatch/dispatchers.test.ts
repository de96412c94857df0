import assert from "node:assert/strict";
import { test } from "node:test";
import type { StatReport } from "../../api/ports/stats.ts";
import { seededRandom } from "../../std/random.ts";
import { ManualClock, settle } from "../../testing/clock.ts";
import type { BackendSpec, InstanceSpec } from "../routes/backend.ts";
import { unknownBackend } from "../routes/backend.ts";
import { Dispatchers } from "./dispatchers.ts";
import type { Instance, Ticket } from "./instance.ts";

const instance = (name: string): InstanceSpec => ({ id: name, podUid: name, podName: name, address: name, port: 1 });
const backend = (containerConcurrency: number, ...names: string[]): BackendSpec => ({
  settings: { ...unknownBackend, kind: "revision", containerConcurrency },
  instances: names.map(instance),
});

class Request implements Ticket {
  instance: Instance | undefined;
  assigned(to: Instance): void {
    this.instance = to;
  }
  refused(): void {
    assert.fail("refused");
  }
}

function setUp(dial: (target: InstanceSpec) => Promise<boolean> = () => Promise.resolve(true)) {
  const clock = new ManualClock();
  const reports: StatReport[] = [];
  const gone: string[] = [];
  const dispatchers = new Dispatchers({
    gateway: "g",
    clock,
    random: seededRandom(1),
    statSink: (report) => void reports.push(report),
    dial,
    onGone: (target) => void gone.push(target.id),
  });
  return { clock, reports, gone, dispatchers };
}

const never = new AbortController().signal;

test("a poke leaves in the tick in which a request finds nothing, reports follow every second and one with zeros ends them", async () => {
  const { clock, reports, dispatchers } = setUp();
  const dispatcher = dispatchers.ensure("ns/rev");
  dispatchers.apply("ns/rev", backend(1));
  const start = clock.now();
  const request = new Request();
  dispatcher.enter(request);
  assert.deepEqual(reports.splice(0), [
    {
      gateway: "g",
      at: start,
      intervalMs: 0,
      stats: [{ revision: "ns/rev", averageConcurrency: 1, concurrency: 1, queued: 1, requestCount: 0 }],
    },
  ]);
  await clock.advance(500);
  dispatchers.apply("ns/rev", backend(1, "a"));
  assert.ok(request.instance);
  await clock.advance(250);
  dispatcher.done(request.instance);
  await clock.advance(5_000);
  assert.deepEqual(
    reports.map(({ at, intervalMs, stats }) => [at - start, intervalMs, stats]),
    [
      [1_000, 1_000, [{ revision: "ns/rev", averageConcurrency: 0.75, concurrency: 0, queued: 0, requestCount: 1 }]],
      [2_000, 1_000, [{ revision: "ns/rev", averageConcurrency: 0, concurrency: 0, queued: 0, requestCount: 0 }]],
    ],
  );
  assert.equal(clock.pending, 0);
});

test("waiting requests ask again, but not more than ten times a second while there are instances", async () => {
  const { clock, reports, dispatchers } = setUp();
  dispatchers.apply("ns/rev", backend(1, "a"));
  const dispatcher = dispatchers.ensure("ns/rev");
  for (let n = 0; n < 50; n++) dispatcher.enter(new Request());
  assert.equal(reports.length, 1);
  await clock.advance(100);
  for (let n = 0; n < 50; n++) dispatcher.enter(new Request());
  assert.equal(reports.length, 2);
  dispatchers.dispose();
});

test("drained resolves at once for an unknown pod, and a slice that names it later changes nothing", async () => {
  const { dispatchers } = setUp();
  await dispatchers.drained("late", never);
  dispatchers.apply("ns/rev", backend(0, "late"));
  const request = new Request();
  assert.equal(dispatchers.ensure("ns/rev").enter(request), "waiting");
  dispatchers.dispose();
});

test("drained waits for what is in flight while the slice still calls the pod ready", async () => {
  const { dispatchers, gone } = setUp();
  dispatchers.apply("ns/rev", backend(0, "a"));
  const dispatcher = dispatchers.ensure("ns/rev");
  const first = new Request();
  dispatcher.enter(first);
  let drained = 0;
  const asks = [dispatchers.drained("a", never), dispatchers.drained("a", never)].map((ask) => ask.then(() => drained++));
  dispatchers.apply("ns/rev", backend(0, "a"));
  assert.equal(dispatcher.enter(new Request()), "waiting", "nothing new goes to a pod that is being drained");
  await settle();
  assert.equal(drained, 0);
  dispatcher.done(first.instance!);
  await Promise.all(asks);
  assert.deepEqual(gone, ["a"]);
  dispatchers.dispose();
});

test("drained rejects when its signal aborts, and the pod stays closed", async () => {
  const { dispatchers } = setUp();
  dispatchers.apply("ns/rev", backend(0, "a"));
  const dispatcher = dispatchers.ensure("ns/rev");
  dispatcher.enter(new Request());
  const controller = new AbortController();
  const ask = dispatchers.drained("a", controller.signal);
  controller.abort(new Error("grace is over"));
  await assert.rejects(ask, /grace is over/);
  assert.equal(dispatcher.enter(new Request()), "waiting");
  dispatchers.dispose();
});

test("a suspect instance gets requests again after a dial succeeds", async () => {
  const answers = [false, false, true];
  const { clock, dispatchers } = setUp(() => Promise.resolve(answers.shift() ?? false));
  dispatchers.apply("ns/rev", backend(0, "a"));
  const dispatcher = dispatchers.ensure("ns/rev");
  const request = new Request();
  dispatcher.enter(request);
  const first = request.instance!;
  request.instance = undefined;
  dispatcher.retry(request, first);
  assert.equal(request.instance, undefined);
  await clock.advance(20 + 28);
  assert.equal(request.instance, undefined, "two dials have failed");
  await clock.advance(40);
  assert.equal(request.instance, first);
  dispatchers.dispose();
});

test("a removed revision lets its requests end and comes back empty", () => {
  const { dispatchers } = setUp();
  dispatchers.apply("ns/rev", backend(0, "a"));
  const old = dispatchers.ensure("ns/rev");
  const request = new Request();
  old.enter(request);
  dispatchers.remove("ns/rev");
  assert.equal(dispatchers.get("ns/rev"), undefined);
  old.done(request.instance!);
  assert.equal(dispatchers.ensure("ns/rev").enter(new Request()), "waiting");
  dispatchers.dispose();
});
