import type { ContainerStatus, Pod } from "../../../../api/k8s/types.generated.ts";

/** Why the pods of a revision do not become ready, as far as the pods themselves tell. */
export type Trouble =
  /** The program ended. */
  | { readonly kind: "exited"; readonly exitCode: number; readonly message: string | undefined }
  /** There is no place, no image or no configuration to run it. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly message: string }
  /** It runs and does not serve as agreed. */
  | { readonly kind: "unhealthy"; readonly reason: string; readonly message: string };

/** Waiting that is nobody's fault. */
const PROGRESSING = new Set(["", "ContainerCreating", "PodInitializing", "CrashLoopBackOff"]);
/** Reasons of a pod's Ready condition that only count containers. */
const COUNTING = new Set(["", "ContainersNotReady", "ContainersNotInitialized", "ReadinessGatesNotReady", "PodFailed", "PodCompleted"]);

/** The trouble of the newest pod that has one. Pods that are going away have no say. */
export function podTrouble(pods: readonly Pod[]): Trouble | undefined {
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => created(b).localeCompare(created(a)))
    .map(troubleOf)
    .find((trouble) => trouble !== undefined);
}

function created(pod: Pod): string {
  return pod.metadata.creationTimestamp ?? "";
}

function troubleOf(pod: Pod): Trouble | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False" && scheduled.reason) {
    return { kind: "unavailable", reason: scheduled.reason, message: scheduled.message ?? "" };
  }
  const statuses = [...(pod.status?.initContainerStatuses ?? []).filter(isStuck), ...(pod.status?.containerStatuses ?? [])];
  return statuses.map(containerTrouble).find((trouble) => trouble !== undefined) ?? unhealthy(pod);
}

/** An init container that ended well is none of the trouble. */
function isStuck({ state }: ContainerStatus): boolean {
  return state?.terminated?.exitCode !== 0;
}

function containerTrouble({ state, lastState, ready }: ContainerStatus): Trouble | undefined {
  if (ready) return undefined;
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended !== undefined) return { kind: "exited", exitCode: ended.exitCode, message: ended.message || detailOf(ended.reason) };
  const waiting = state?.waiting;
  if (waiting === undefined || PROGRESSING.has(waiting.reason ?? "")) return undefined;
  return { kind: "unavailable", reason: waiting.reason ?? "", message: waiting.message ?? "" };
}

/** OOMKilled and the like say more than an exit code. */
function detailOf(reason: string | undefined): string | undefined {
  return reason === "Error" || reason === "Completed" ? undefined : reason;
}

/** The node's own word on a pod that runs (status.reason), or a reason of its Ready condition that says more than a count. */
function unhealthy(pod: Pod): Trouble | undefined {
  const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "False") return undefined;
  const { reason, message } = pod.status?.reason ? pod.status : ready;
  return COUNTING.has(reason ?? "") ? undefined : { kind: "unhealthy", reason: reason ?? "", message: message ?? "" };
}

/** A program that has run this long without being ready has a reason worth telling. */
const SLOW_MS = 3_000;
const UNREADY = /^containers with unready status: \[.*?\]: (.+)$/s;

export interface SlowStart {
  /** Why the readiness probe fails, in the node's words. */
  readonly why: string | undefined;
  /** When a pod that has just started counts as slow; undefined: none has. */
  readonly lookAgainInMs: number | undefined;
}

/** What keeps running pods from being ready. `now` is in epoch milliseconds. */
export function slowStart(pods: readonly Pod[], now: number): SlowStart {
  const ages = pods.flatMap((pod) => (pod.metadata.deletionTimestamp === undefined ? [{ pod, ageMs: ageOf(pod, now) }] : []));
  const slow = ages.flatMap(({ pod, ageMs }) => (ageMs !== undefined && ageMs >= SLOW_MS ? [probeFailure(pod)] : []));
  const young = ages.flatMap(({ ageMs }) => (ageMs !== undefined && ageMs < SLOW_MS ? [SLOW_MS - ageMs] : []));
  return { why: slow.find((text) => text !== undefined), lookAgainInMs: young.length === 0 ? undefined : Math.min(...young) };
}

/** For how long the unready containers have run. */
function ageOf(pod: Pod, now: number): number | undefined {
  const starts = (pod.status?.containerStatuses ?? []).flatMap(({ state, ready }) => (ready ? [] : (state?.running?.startedAt ?? [])));
  return starts.length === 0 ? undefined : now - Math.min(...starts.map((start) => Date.parse(start)));
}

/** What the readiness probe of a pod says. */
export function probeFailure(pod: Pod): string | undefined {
  return UNREADY.exec(pod.status?.conditions?.find(({ type }) => type === "Ready")?.message ?? "")?.[1];
}
