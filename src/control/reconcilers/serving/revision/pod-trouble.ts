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

function unhealthy(pod: Pod): Trouble | undefined {
  const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "False" || COUNTING.has(ready.reason ?? "")) return undefined;
  return { kind: "unhealthy", reason: ready.reason ?? "", message: ready.message ?? "" };
}
