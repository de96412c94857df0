import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAutoscalerConfig } from "../../api/config/autoscaler.ts";
import { applyScale, type ScaleInput } from "./apply-scale.ts";
import { RevisionMetrics } from "./collector.ts";
import { decide, initialState, type DeciderState, type Measurements } from "./decide.ts";
import { deciderSpec } from "./spec.ts";
import { TimedWindow } from "./window.ts";

const config = parseAutoscalerConfig({});
const spec = (annotations: Record<string, string> = {}, containerConcurrency = 0, data: Record<string, string> = {}) =>
  deciderSpec(
    Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value])),
    containerConcurrency,
    parseAutoscalerConfig(data),
  );
const second = (n: number) => 1_000_000_000_000 + n * 1000;

const TARGETS: [Record<string, string>, number, { target: number; total: number }][] = [
  [{}, 0, { target: 70, total: 100 }],
  [{}, 10, { target: 7, total: 10 }],
  [{ target: "1" }, 0, { target: 0.7, total: 1 }],
  [{ target: "50" }, 10, { target: 7, total: 10 }],
  [{ target: "5", "target-utilization-percentage": "100" }, 10, { target: 5, total: 5 }],
  [{ metric: "rps" }, 0, { target: 140, total: 200 }],
  [{ metric: "rps", target: "150", targetUtilizationPercentage: "50" }, 0, { target: 75, total: 150 }],
];

test("the target of a pod follows annotations, container concurrency and utilisation", () => {
  for (const [annotations, concurrency, expected] of TARGETS) {
    const { target, total } = spec(annotations, concurrency);
    assert.deepEqual({ target: Math.round(target * 1000) / 1000, total }, expected, JSON.stringify(annotations));
  }
  assert.equal(spec({ window: "6s" }).panicWindowMs, 1000);
  assert.equal(spec({}).panicWindowMs, 6000);
});

test("a window averages since its first value, ignores silent seconds at its end, counts gaps as zero, starts anew after silence", () => {
  const window = new TimedWindow(6000);
  assert.equal(window.average(second(0)), undefined);
  window.record(second(0), 10);
  assert.equal(window.average(second(0)), 10);
  window.record(second(1), 20);
  assert.equal(window.average(second(1)), 15);
  assert.equal(window.average(second(3)), 15, "silence at the end shortens the window");
  window.record(second(4), 30);
  assert.equal(window.average(second(4)), 12, "the gap in the middle counts");
  assert.equal(window.average(second(6)), 12.5, "the first second has left the window: 20 + 30 over four seconds");
  assert.equal(window.average(second(10)), undefined);
  window.record(second(20), 6);
  assert.equal(window.average(second(20)), 6, "nothing of before is left");
});

test("values of the same second add up, and young seconds weigh more in the weighted average", () => {
  const window = new TimedWindow(6000);
  window.record(second(0), 1);
  window.record(second(0) + 500, 2);
  assert.equal(window.average(second(0)), 3);
  const rising = new TimedWindow(6000);
  for (let n = 0; n < 6; n++) rising.record(second(n), n * 10);
  assert.ok((rising.weightedAverage(second(5)) ?? 0) > (rising.average(second(5)) ?? 0));
});

const measured = (fields: Partial<Measurements>): Measurements => ({
  stable: 0,
  panic: 0,
  current: 0,
  queued: 0,
  readyPods: 1,
  reachable: true,
  ...fields,
});
const calm: DeciderState = { panicSince: undefined, maxPanicPods: 0, recent: [] };

const DECISIONS: [string, Record<string, string>, Partial<Measurements>, { desired: number; panicking: boolean }][] = [
  ["no data changes nothing", {}, { stable: undefined, panic: undefined }, { desired: -1, panicking: false }],
  ["load for two pods", { target: "10" }, { stable: 10, panic: 10, readyPods: 2 }, { desired: 2, panicking: false }],
  ["a burst of twice the ready pods panics", { target: "10" }, { stable: 5, panic: 14, readyPods: 1 }, { desired: 2, panicking: true }],
  ["down at most by half", { target: "10" }, { stable: 1, panic: 1, readyPods: 10 }, { desired: 5, panicking: false }],
  [
    "an unreachable revision goes straight to zero",
    { target: "10" },
    { readyPods: 10, reachable: false },
    { desired: 0, panicking: false },
  ],
  ["nothing to do for one pod", {}, { readyPods: 1 }, { desired: 0, panicking: false }],
  [
    "activation scale applies above zero",
    { "activation-scale": "5" },
    { stable: 1, panic: 1, readyPods: 1 },
    { desired: 5, panicking: false },
  ],
  ["and not at zero", { "activation-scale": "5" }, { readyPods: 1 }, { desired: 0, panicking: false }],
  [
    "a request that waits at zero is demand now",
    {},
    { stable: undefined, panic: undefined, current: 1, queued: 1, readyPods: 0 },
    { desired: 1, panicking: false },
  ],
  [
    "fifty that wait at zero",
    { target: "1" },
    { stable: undefined, panic: undefined, current: 50, queued: 50, readyPods: 0 },
    { desired: 72, panicking: true },
  ],
];

test("one evaluation", () => {
  for (const [name, annotations, fields, expected] of DECISIONS) {
    const { desired, panicking } = decide(spec(annotations), measured(fields), calm, second(0));
    assert.deepEqual({ desired, panicking }, expected, name);
  }
});

test("scaling up is limited by the rate", () => {
  const limited = spec({ target: "1", "target-utilization-percentage": "100" }, 0, { "max-scale-up-rate": "3" });
  assert.equal(decide(limited, measured({ stable: 100, panic: 100, readyPods: 2 }), calm, second(0)).desired, 6);
});

test("panic holds the highest scale for a stable window after its last reason", () => {
  const settings = spec({ target: "10", "target-utilization-percentage": "100", window: "6s" });
  const log: string[] = [];
  let state = calm;
  for (const [at, stable, panic, readyPods] of [
    [0, 10, 10, 1],
    [2, 20, 50, 1],
    [4, 30, 30, 5],
    [6, 30, 10, 5],
    [8, 20, 5, 5],
    [9, 10, 5, 5],
  ] as const) {
    const decision = decide(settings, measured({ stable, panic, readyPods }), state, second(at));
    state = decision.state;
    log.push(`${at}s ${decision.desired}${decision.panicking ? " panic" : ""}`);
  }
  assert.deepEqual(log, ["0s 1", "2s 5 panic", "4s 5 panic", "6s 5 panic", "8s 5 panic", "9s 2"]);
});

test("a decider that meets several pods begins in panic and does not scale down for a stable window", () => {
  const settings = spec({ window: "6s" });
  const state = initialState(4, second(0));
  const first = decide(settings, measured({ readyPods: 4 }), state, second(0));
  assert.deepEqual([first.desired, first.panicking], [4, true]);
  assert.equal(decide(settings, measured({ readyPods: 4 }), first.state, second(7)).desired, 2);
  assert.equal(initialState(1, second(0)).panicSince, undefined);
});

test("scale-down-delay keeps the highest scale of its period", () => {
  const settings = spec({ target: "10", "target-utilization-percentage": "100", "scale-down-delay": "10s" });
  let state = calm;
  const desired = [50, 10, 10, 10].map((stable, index) => {
    const decision = decide(settings, measured({ stable, panic: stable, readyPods: 5 }), state, second(index * 4));
    state = decision.state;
    return decision.desired;
  });
  assert.deepEqual(desired, [5, 5, 5, 2]);
});

test("excess burst capacity", () => {
  assert.equal(decide(spec({}), measured({ readyPods: 3, panic: 20 }), calm, second(0)).excessBurstCapacity, 300 - 211 - 20);
  assert.equal(decide(spec({ "target-burst-capacity": "0" }), measured({}), calm, second(0)).excessBurstCapacity, 0);
  assert.equal(decide(spec({ "target-burst-capacity": "-1" }), measured({}), calm, second(0)).excessBurstCapacity, -1);
});

const scaleInput = (fields: Partial<ScaleInput>): ScaleInput => ({
  desired: 0,
  current: 1,
  activity: { status: "True", since: second(0) },
  reachability: "Reachable",
  initialized: true,
  progressDeadlineMs: 600_000,
  gatewayInPath: true,
  ...fields,
});

const SCALES: [string, Record<string, string>, Partial<ScaleInput>, number, object][] = [
  ["no decision", {}, { desired: -1 }, 100, { kind: "hold", want: -1 }],
  ["up", {}, { desired: 3 }, 1, { kind: "scale", want: 3 }],
  ["no change", {}, { desired: 1 }, 1, { kind: "hold", want: 1 }],
  ["max-scale", { "max-scale": "20" }, { desired: 72 }, 1, { kind: "scale", want: 20 }],
  ["min-scale", { "min-scale": "2" }, { desired: 0, current: 3 }, 100, { kind: "scale", want: 2 }],
  [
    "min-scale is ignored when unreachable",
    { "min-scale": "2" },
    { current: 2, reachability: "Unreachable", activity: { status: "False", since: second(0) } },
    1,
    { kind: "scale", want: 0 },
  ],
  [
    "initial-scale until initialized",
    { "initial-scale": "3" },
    { desired: 1, current: 0, initialized: false },
    1,
    { kind: "scale", want: 3 },
  ],
  ["active for less than the window holds at one", { window: "6s" }, { current: 1 }, 4, { kind: "hold", want: 1, requeueAfterMs: 2000 }],
  ["active for the window turns inactive first", { window: "6s" }, { current: 1 }, 6, { kind: "hold", want: 0, requeueAfterMs: 1000 }],
  ["inactive goes to zero", {}, { activity: { status: "False", since: second(0) } }, 1, { kind: "scale", want: 0 }],
  [
    "retention keeps the last pod",
    { "scale-to-zero-pod-retention-period": "10s" },
    { activity: { status: "False", since: second(0) } },
    4,
    { kind: "hold", want: 0, requeueAfterMs: 6000 },
  ],
  [
    "without a gateway the grace period is waited for",
    {},
    { gatewayInPath: false, activity: { status: "False", since: second(0) } },
    29.5,
    { kind: "hold", want: 0, requeueAfterMs: 500 },
  ],
  ["and then it goes", {}, { gatewayInPath: false, activity: { status: "False", since: second(0) } }, 30, { kind: "scale", want: 0 }],
  [
    "activating is waited for",
    {},
    { activity: { status: "Unknown", since: second(0) } },
    10,
    { kind: "hold", want: 1, requeueAfterMs: 620_000 },
  ],
  ["until its deadline", {}, { activity: { status: "Unknown", since: second(0) } }, 631, { kind: "scale", want: 0 }],
];

test("applying a decision to the scale target", () => {
  for (const [name, annotations, fields, at, expected] of SCALES) {
    assert.deepEqual(applyScale(spec(annotations), scaleInput(fields), second(at)), expected, name);
  }
  const always = spec({}, 0, { "enable-scale-to-zero": "false" });
  assert.deepEqual(applyScale(always, scaleInput({ current: 3 }), second(100)), { kind: "scale", want: 1 });
});

test("reports of several gateways add up, pokes say what is now, silence is zero", () => {
  const metrics = new RevisionMetrics(spec({ window: "6s" }));
  const stat = (averageConcurrency: number, concurrency: number, queued = 0) => ({
    revision: "default/a",
    averageConcurrency,
    concurrency,
    queued,
    requestCount: 4,
  });
  metrics.report({ gateway: "a", at: second(0), intervalMs: 0 }, stat(0, 7, 7));
  assert.deepEqual(metrics.averages(second(0)), { stable: undefined, panic: undefined, current: 7, queued: 7 });
  metrics.report({ gateway: "a", at: second(1), intervalMs: 1000 }, stat(4, 5));
  metrics.report({ gateway: "b", at: second(1), intervalMs: 1000 }, stat(2, 1));
  assert.deepEqual(metrics.averages(second(1)), { stable: 6, panic: 6, current: 6, queued: 0 });
  for (let n = 3; n < 9; n++) metrics.tick(second(n));
  assert.equal(metrics.averages(second(8)).stable, 0);
  const rps = new RevisionMetrics(spec({ metric: "rps" }));
  rps.report({ gateway: "a", at: second(1), intervalMs: 500 }, stat(4, 5));
  assert.equal(rps.averages(second(1)).stable, 8);
  assert.ok(config.stableWindowMs === 60_000);
});
