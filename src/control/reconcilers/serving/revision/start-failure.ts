/**
 * Whether requests still have something to wait for: a start of the revision counts as failed only while every instance
 * that there is has failed and none is ready.
 *
 * - I1 a container that waits for a repetition with a back-off has failed, unless its last run had served: that one gets
 *   its restart. The restart after a first crash is immediate, so a single crash is no failure.
 * - I2 an instance that runs and is not ready, or fits nowhere, has failed after a patience: the progress-deadline of the
 *   revision if it states one, else PATIENCE_MS. A startup probe replaces the patience, because it ends in a restart.
 */
import type { ContainerStatus, Deployment, Pod } from "../../../../api/k8s/types.generated.ts";
import { PROGRESS_DEADLINE_ANNOTATION } from "../../../../api/names/labels.ts";
import type { StartFailure } from "../../../../api/serving/revision-lifecycle.ts";
import { exitMessage } from "../../../../api/serving/revision-lifecycle.ts";
import { podTrouble, probeFailure } from "./pod-trouble.ts";

export const PATIENCE_MS = 60_000;
/** A program that listens, but elsewhere, rarely changes its mind. */
export const OTHER_PORT_PATIENCE_MS = 10_000;

export interface Start {
  readonly deployment: Deployment;
  readonly pods: readonly Pod[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface StartVerdict {
  readonly failure: StartFailure | undefined;
  /** When the verdict may change without any news, milliseconds. */
  readonly lookAgainInMs: number | undefined;
}

/** `failed`, or a chance that ends `inMs` from now; undefined: it ends with the next news of the pod. */
type PodVerdict = { readonly failed: StartFailure } | { readonly inMs: number | undefined };

const CRASH_LOOP = "CrashLoopBackOff";
const CREATING = new Set(["", "ContainerCreating", "PodInitializing"]);
const UNDECIDED: StartVerdict = { failure: undefined, lookAgainInMs: undefined };

export function judgeStart({ deployment, pods, now }: Start): StartVerdict {
  if ((deployment.spec?.replicas ?? 0) === 0 || (deployment.status?.availableReplicas ?? 0) > 0) return UNDECIDED;
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (living.length === 0) return { failure: notCreated(deployment), lookAgainInMs: undefined };
  const patienceMs = patienceOf(deployment);
  const verdicts = living.map((pod) => judgePod(pod, patienceMs, now));
  const failures = verdicts.flatMap((verdict) => ("failed" in verdict ? verdict.failed : []));
  if (failures.length === living.length) return { failure: failures[0], lookAgainInMs: undefined };
  const times = verdicts.flatMap((verdict) => ("inMs" in verdict ? (verdict.inMs ?? []) : []));
  return { failure: undefined, lookAgainInMs: times.length === 0 ? undefined : Math.min(...times) };
}

function notCreated({ status }: Deployment): StartFailure | undefined {
  const refused = status?.conditions?.find(({ type, status: value }) => type === "ReplicaFailure" && value === "True");
  return refused === undefined ? undefined : { reason: refused.reason ?? "FailedCreate", message: refused.message ?? "" };
}

function patienceOf({ metadata, spec }: Deployment): number {
  const stated = metadata.annotations?.[PROGRESS_DEADLINE_ANNOTATION] === undefined ? undefined : spec?.progressDeadlineSeconds;
  return stated === undefined ? PATIENCE_MS : stated * 1000;
}

function judgePod(pod: Pod, patienceMs: number, now: number): PodVerdict {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    const failed = { reason: scheduled.reason ?? "Unschedulable", message: scheduled.message ?? "" };
    return afterPatience(failed, since(scheduled.lastTransitionTime, now), patienceMs);
  }
  const unready = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].filter(({ ready }) => !ready);
  const waiting = unready.find(({ state }) => state?.waiting !== undefined && !CREATING.has(state.waiting.reason ?? ""));
  if (waiting !== undefined) return judgeWaiting(pod, waiting);
  const running = unready.find(({ state }) => state?.running !== undefined);
  return running === undefined ? { inMs: undefined } : judgeRunning(pod, running, { patienceMs, now });
}

function judgeWaiting(pod: Pod, status: ContainerStatus): PodVerdict {
  const { reason = "", message = "" } = status.state?.waiting ?? {};
  if (reason !== CRASH_LOOP) return { failed: { reason, message } };
  if (hadServed(pod, status)) return { inMs: undefined }; // I1
  const trouble = podTrouble([pod]);
  return { failed: { reason, message: trouble?.kind === "exited" ? exitMessage(trouble.exitCode, trouble.message) : message } };
}

/** The pod stopped being ready after its last run began. Times are in whole seconds: one that was ready for less has not served. */
function hadServed({ status }: Pod, { lastState }: ContainerStatus): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return Date.parse(ready?.lastTransitionTime ?? "") > Date.parse(lastState?.terminated?.startedAt ?? "");
}

function judgeRunning(pod: Pod, status: ContainerStatus, wait: { readonly patienceMs: number; readonly now: number }): PodVerdict {
  const container = pod.spec?.containers.find(({ name }) => name === status.name);
  if (container === undefined || (container.startupProbe !== undefined && status.started !== true)) return { inMs: undefined }; // I2
  const elsewhere = pod.status?.reason === "ListensOnOtherPort";
  const patienceMs = elsewhere ? Math.min(OTHER_PORT_PATIENCE_MS, wait.patienceMs) : wait.patienceMs;
  const why = probeFailure(pod) ?? "its readiness probe has not succeeded";
  const failed = elsewhere
    ? { reason: "ListensOnOtherPort", message: (pod.status?.message ?? "").replace(/^ListensOnOtherPort: /, "") }
    : { reason: "NotReady", message: `not ready ${patienceMs / 1000} s after its start: ${why}` };
  return afterPatience(failed, since(status.state?.running?.startedAt, wait.now), patienceMs);
}

function since(time: string | undefined, now: number): number {
  return now - (Date.parse(time ?? "") || now);
}

function afterPatience(failed: StartFailure, elapsedMs: number, patienceMs: number): PodVerdict {
  return elapsedMs >= patienceMs ? { failed } : { inMs: patienceMs - elapsedMs };
}
