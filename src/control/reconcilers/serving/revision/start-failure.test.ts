import assert from "node:assert/strict";
import test from "node:test";
import type { ContainerStatus, Deployment, Pod, PodStatus } from "../../../../api/k8s/types.generated.ts";
import { judgeStart, OTHER_PORT_PATIENCE_MS, PATIENCE_MS } from "./start-failure.ts";

const NOW = Date.parse("2025-01-01T00:10:00Z");
const secondsAgo = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

const deployment = (more: { replicas?: number; available?: number; deadline?: string; refused?: boolean } = {}): Deployment => ({
  metadata: { annotations: more.deadline === undefined ? {} : { "serving.knative.dev/progress-deadline": more.deadline } },
  spec: {
    replicas: more.replicas ?? 1,
    progressDeadlineSeconds: Number.parseInt(more.deadline ?? "600", 10),
    selector: {},
    template: { metadata: {} },
  },
  status: {
    availableReplicas: more.available ?? 0,
    conditions: more.refused === true ? [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "no account" }] : [],
  },
});

const pod = (status: PodStatus, more: { gone?: boolean; startupProbe?: boolean } = {}): Pod => ({
  metadata: { name: "a", ...(more.gone === true ? { deletionTimestamp: secondsAgo(1) } : {}) },
  spec: { containers: [{ name: "user-container", ...(more.startupProbe === true ? { startupProbe: {} } : {}) }] },
  status,
});

const container = (more: Partial<ContainerStatus>): ContainerStatus => ({
  name: "user-container",
  ready: false,
  restartCount: 0,
  image: "",
  imageID: "",
  ...more,
});
const waiting = (reason: string, message = "") => pod({ containerStatuses: [container({ state: { waiting: { reason, message } } })] });
const ready = (status: "True" | "False", seconds: number, message = "") => ({
  type: "Ready",
  status,
  lastTransitionTime: secondsAgo(seconds),
  message,
});

/** It ran from 20 s to 15 s ago and waits for its restart; it was last ready `seconds` ago, or never. */
function crashing(notReadySince: number, message?: string): Pod {
  const ended = { exitCode: 3, startedAt: secondsAgo(20), finishedAt: secondsAgo(15), ...(message === undefined ? {} : { message }) };
  const state = { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } };
  return pod({
    conditions: [ready("False", notReadySince)],
    containerStatuses: [container({ restartCount: 1, state, lastState: { terminated: ended } })],
  });
}

function running(seconds: number, more: PodStatus & { startupProbe?: boolean; why?: string } = {}): Pod {
  const { startupProbe = false, why, ...status } = more;
  const message = `containers with unready status: [user-container]${why === undefined ? "" : `: ${why}`}`;
  return pod(
    {
      conditions: [ready("False", seconds + 1, message)],
      containerStatuses: [container({ started: !startupProbe, state: { running: { startedAt: secondsAgo(seconds) } } })],
      ...status,
    },
    { startupProbe },
  );
}

const terminated = pod({ containerStatuses: [container({ state: { terminated: { exitCode: 3 } } })] });
const scheduledFor = (seconds: number) =>
  pod({
    conditions: [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "no cpu", lastTransitionTime: secondsAgo(seconds) },
    ],
  });
const elsewhere = { reason: "ListensOnOtherPort", message: "ListensOnOtherPort: 8080, expected 41013" };

const failures: readonly { readonly name: string; readonly pods: readonly Pod[]; readonly of?: Deployment; readonly says: string }[] = [
  { name: "a second crash", pods: [crashing(30, "no database\n")], says: "CrashLoopBackOff: Container failed with: no database\n" },
  {
    name: "a crash without words",
    pods: [crashing(30)],
    says: "CrashLoopBackOff: Container failed with: exit code 3 and no output",
  },
  { name: "an image that is missing", pods: [waiting("ErrImagePull", "not found")], says: "ErrImagePull: not found" },
  { name: "every one of several", pods: [crashing(30), waiting("ImagePullBackOff", "x")], says: "CrashLoopBackOff: Container failed" },
  { name: "one that goes away does not count", pods: [pod({}, { gone: true }), waiting("ErrImagePull", "x")], says: "ErrImagePull: x" },
  { name: "pods that may not be created", pods: [], of: deployment({ refused: true }), says: "FailedCreate: no account" },
  { name: "no place within the patience", pods: [scheduledFor(PATIENCE_MS / 1000)], says: "Unschedulable: no cpu" },
  {
    name: "a program that never listens",
    pods: [running(PATIENCE_MS / 1000, { why: "connection refused" })],
    says: "NotReady: not ready 60 s after its start: connection refused",
  },
  {
    name: "the revision's own deadline",
    pods: [running(5)],
    of: deployment({ deadline: "5s" }),
    says: "NotReady: not ready 5 s after its start: its readiness probe has not succeeded",
  },
  {
    name: "a program that listens elsewhere",
    pods: [running(OTHER_PORT_PATIENCE_MS / 1000, elsewhere)],
    says: "ListensOnOtherPort: 8080, expected 41013",
  },
];

for (const { name, pods, of = deployment(), says } of failures) {
  test(`a start has failed: ${name}`, () => {
    const { failure } = judgeStart({ deployment: of, pods, now: NOW });
    const text = `${failure?.reason}: ${failure?.message}`;
    assert.ok(text.startsWith(says), text);
  });
}

const chances: readonly { readonly name: string; readonly pods: readonly Pod[]; readonly of?: Deployment; readonly inMs?: number }[] = [
  { name: "nothing is wanted", pods: [crashing(30)], of: deployment({ replicas: 0 }) },
  { name: "another one is available", pods: [crashing(30)], of: deployment({ available: 1 }) },
  { name: "no pod is there yet", pods: [] },
  { name: "a container is being made", pods: [waiting("ContainerCreating")] },
  { name: "a first crash restarts at once", pods: [terminated] },
  { name: "its last run had served", pods: [crashing(15)] },
  { name: "one of several is still starting", pods: [crashing(30), waiting("ContainerCreating")] },
  { name: "it runs again after a crash", pods: [running(1)], inMs: PATIENCE_MS - 1_000 },
  { name: "a place may become free", pods: [scheduledFor(10)], inMs: PATIENCE_MS - 10_000 },
  { name: "it may listen on its port later", pods: [running(2, elsewhere)], inMs: OTHER_PORT_PATIENCE_MS - 2_000 },
  { name: "its startup probe decides", pods: [running(600, { startupProbe: true })] },
  { name: "the revision's own deadline is longer", pods: [running(100)], of: deployment({ deadline: "120s" }), inMs: 20_000 },
];

for (const { name, pods, of = deployment(), inMs } of chances) {
  test(`a request gets its chance: ${name}`, () => {
    assert.deepEqual(judgeStart({ deployment: of, pods, now: NOW }), { failure: undefined, lookAgainInMs: inMs });
  });
}
