import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "../../../api/k8s/types.generated.ts";
import { crashesAfter, decide, restartDelayMs } from "./decide.ts";
import { newRecord, type ContainerRecord, type RunState } from "./runtime-state.ts";
import { makeStatus } from "./status.ts";

const NOW = 1_000_000;
const waiting: RunState = { kind: "waiting", reason: "ContainerCreating" };
const running: RunState = { kind: "running", containerId: "process://1", startedAt: NOW - 1000 };
const ended = (exitCode: number, ago = 0): RunState => ({
  kind: "terminated",
  containerId: "process://1",
  exitCode,
  reason: exitCode === 0 ? "Completed" : "Error",
  startedAt: NOW - ago - 1000,
  finishedAt: NOW - ago,
});

const record = (name: string, state: RunState, change: Partial<ContainerRecord> = {}): ContainerRecord => ({
  ...newRecord(name, false),
  state,
  ...change,
});

function podOf(restartPolicy: string, init: string[], main: string[], metadata: object = {}): Pod {
  const toContainer = (name: string) => ({ name: name.replace("!", ""), ...(name.endsWith("!") ? { restartPolicy: "Always" } : {}) });
  return {
    metadata: { name: "p", namespace: "ns", uid: "u", ...metadata },
    spec: { restartPolicy, initContainers: init.map(toContainer), containers: main.map(toContainer) },
  };
}

interface Row {
  readonly name: string;
  readonly pod: Pod;
  readonly records: readonly ContainerRecord[];
  readonly start: readonly string[];
  readonly wakeAt?: number;
}

const rows: readonly Row[] = [
  {
    name: "new: all containers",
    pod: podOf("Always", [], ["a", "b"]),
    records: [record("a", waiting), record("b", waiting)],
    start: ["a", "b"],
  },
  { name: "init first", pod: podOf("Always", ["i"], ["a"]), records: [record("i", waiting), record("a", waiting)], start: ["i"] },
  { name: "init runs", pod: podOf("Always", ["i"], ["a"]), records: [record("i", running), record("a", waiting)], start: [] },
  { name: "init done", pod: podOf("Always", ["i"], ["a"]), records: [record("i", ended(0)), record("a", waiting)], start: ["a"] },
  { name: "init failed for good", pod: podOf("Never", ["i"], ["a"]), records: [record("i", ended(1)), record("a", waiting)], start: [] },
  {
    name: "sidecar started",
    pod: podOf("Always", ["s!"], ["a"]),
    records: [record("s", running, { started: true }), record("a", waiting)],
    start: ["a"],
  },
  { name: "sidecar starting", pod: podOf("Always", ["s!"], ["a"]), records: [record("s", running), record("a", waiting)], start: [] },
  { name: "first crash: at once", pod: podOf("Always", [], ["a"]), records: [record("a", ended(1), { crashes: 1 })], start: ["a"] },
  {
    name: "second crash: 10 s",
    pod: podOf("Always", [], ["a"]),
    records: [record("a", ended(1, 3000), { crashes: 2 })],
    start: [],
    wakeAt: NOW + 7000,
  },
  { name: "backoff over", pod: podOf("Always", [], ["a"]), records: [record("a", ended(1, 10_000), { crashes: 2 })], start: ["a"] },
  { name: "Always restarts success", pod: podOf("Always", [], ["a"]), records: [record("a", ended(0), { crashes: 1 })], start: ["a"] },
  { name: "OnFailure leaves success", pod: podOf("OnFailure", [], ["a"]), records: [record("a", ended(0), { crashes: 1 })], start: [] },
  {
    name: "OnFailure restarts failure",
    pod: podOf("OnFailure", [], ["a"]),
    records: [record("a", ended(2), { crashes: 1 })],
    start: ["a"],
  },
  { name: "Never", pod: podOf("Never", [], ["a"]), records: [record("a", ended(2), { crashes: 1 })], start: [] },
  {
    name: "deleted",
    pod: podOf("Always", [], ["a"], { deletionTimestamp: "2025-01-01T00:00:00Z" }),
    records: [record("a", waiting)],
    start: [],
  },
  {
    name: "image backoff",
    pod: podOf("Always", [], ["a"]),
    records: [record("a", { ...waiting, retryAt: NOW + 5 } as RunState)],
    start: [],
    wakeAt: NOW + 5,
  },
];

for (const { name, pod, records, start, wakeAt } of rows) {
  test(`decide: ${name}`, () => {
    const decision = decide(pod, new Map(records.map((one) => [one.name, one])), NOW);
    assert.deepEqual([decision.start, decision.wakeAt], [start, wakeAt]);
  });
}

test("restart backoff: 0, 10, 20, 40 ... at most 300 s; a run of ten minutes forgives", () => {
  assert.deepEqual([1, 2, 3, 4, 6, 7, 50].map(restartDelayMs), [0, 10_000, 20_000, 40_000, 160_000, 300_000, 300_000]);
  const run = { kind: "terminated", containerId: "", exitCode: 1, reason: "Error", startedAt: 0 } as const;
  assert.equal(crashesAfter(5, { ...run, finishedAt: 599_999 }), 6);
  assert.equal(crashesAfter(5, { ...run, finishedAt: 600_000 }), 1);
});

const statusOf = (pod: Pod, ...records: ContainerRecord[]) =>
  makeStatus({
    pod,
    records: new Map(records.map((one) => [one.name, one])),
    startTime: NOW,
    ip: "127.0.0.1",
    podIp: "127.0.0.1",
    sandboxReady: true,
    now: NOW,
  });

test("status: an unready container names itself in the conditions", () => {
  const status = statusOf(podOf("Always", [], ["a", "b"]), record("a", running, { ready: true }), record("b", running));
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  assert.deepEqual([ready?.status, ready?.reason, ready?.message], ["False", "ContainersNotReady", "containers with unready status: [b]"]);
  assert.equal(status.phase, "Running");
  assert.equal(status.qosClass, "BestEffort");
});

test("status: a condition keeps its time while its status stays", () => {
  const conditions = [{ type: "Ready", status: "False", lastTransitionTime: "2020-01-01T00:00:00Z" }];
  const pod: Pod = { ...podOf("Always", [], ["a"]), status: { conditions } };
  const of = (ready: boolean) => statusOf(pod, record("a", running, { ready })).conditions?.find(({ type }) => type === "Ready");
  assert.equal(of(false)?.lastTransitionTime, "2020-01-01T00:00:00Z");
  assert.equal(of(true)?.lastTransitionTime, "1970-01-01T00:16:40Z");
});
