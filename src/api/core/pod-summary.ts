import { humanDuration } from "../../std/duration.ts";
import type { ContainerStateTerminated, ContainerStatus, Pod } from "../k8s/types.generated.ts";

/** What `kubectl get pods` says of a Pod. */
export interface PodSummary {
  /** `1/2`: containers ready of all that stay. */
  readonly ready: string;
  /** One word for where it is: `Running`, `CrashLoopBackOff`, `Init:0/1`, `Terminating` ... */
  readonly status: string;
  /** `2 (5m ago)` */
  readonly restarts: string;
}

interface Progress {
  readonly ready: number;
  readonly reason: string | undefined;
  readonly restarted: readonly ContainerStatus[];
}

export function podSummary(pod: Pod, now: number): PodSummary {
  const init = initProgress(pod);
  const isInitialized = init.reason === undefined || hasCondition(pod, "Initialized");
  const main = isInitialized ? mainProgress(pod) : undefined;
  const restarted = main === undefined ? (pod.status?.initContainerStatuses ?? []) : [...sidecarStatuses(pod), ...main.restarted];
  const total = (pod.spec?.containers ?? []).length + sidecarNames(pod).size;
  return {
    ready: `${init.ready + (main?.ready ?? 0)}/${total}`,
    status: deletionWord(pod) ?? main?.reason ?? init.reason ?? phaseWord(pod),
    restarts: restartsText(restarted, now),
  };
}

function phaseWord({ status }: Pod): string {
  const gated = status?.conditions?.some(({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated");
  return gated ? "SchedulingGated" : status?.reason || status?.phase || "";
}

function deletionWord({ metadata, status }: Pod): string | undefined {
  if (!metadata.deletionTimestamp) return undefined;
  if (status?.reason === "NodeLost") return "Unknown";
  return status?.phase === "Succeeded" || status?.phase === "Failed" ? undefined : "Terminating";
}

/** Init containers that keep running beside the main ones. */
function sidecarNames({ spec }: Pod): ReadonlySet<string> {
  return new Set((spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name));
}

function sidecarStatuses(pod: Pod): ContainerStatus[] {
  const sidecars = sidecarNames(pod);
  return (pod.status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name));
}

/** The first init container that is not done says what the Pod waits for. */
function initProgress(pod: Pod): Omit<Progress, "restarted"> {
  const sidecars = sidecarNames(pod);
  const statuses = pod.status?.initContainerStatuses ?? [];
  let ready = 0;
  for (const [i, status] of statuses.entries()) {
    if (status.state?.terminated?.exitCode === 0) continue;
    if (sidecars.has(status.name) && status.started === true) {
      if (status.ready) ready += 1;
      continue;
    }
    return { ready, reason: `Init:${initWord(status) ?? `${i}/${pod.spec?.initContainers?.length ?? 0}`}` };
  }
  return { ready, reason: undefined };
}

function initWord({ state }: ContainerStatus): string | undefined {
  if (state?.terminated) return exitWord(state.terminated);
  const waiting = state?.waiting?.reason;
  return waiting && waiting !== "PodInitializing" ? waiting : undefined;
}

function exitWord({ reason, signal, exitCode }: ContainerStateTerminated): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

/** Of several containers in trouble the first in the list has the word. */
function mainProgress(pod: Pod): Progress {
  const statuses = pod.status?.containerStatuses ?? [];
  const words = statuses.map(
    ({ state }) => state?.waiting?.reason || (state?.terminated && !state.waiting?.reason ? exitWord(state.terminated) : undefined),
  );
  const running = statuses.filter(({ state, ready }, i) => words[i] === undefined && ready && state?.running !== undefined);
  const word = words.find((one) => one !== undefined);
  const isHalfDone = word === "Completed" && running.length > 0;
  const halfDone = hasCondition(pod, "Ready") ? "Running" : "NotReady";
  return { ready: running.length, reason: isHalfDone ? halfDone : word, restarted: statuses };
}

function hasCondition({ status }: Pod, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === "True") === true;
}

function restartsText(statuses: readonly ContainerStatus[], now: number): string {
  const count = statuses.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);
  const ends = statuses.map(({ lastState }) => Date.parse(lastState?.terminated?.finishedAt ?? "")).filter((end) => !Number.isNaN(end));
  return count > 0 && ends.length > 0 ? `${count} (${humanDuration(now - Math.max(...ends))} ago)` : String(count);
}
