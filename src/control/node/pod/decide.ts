import type { Container, Pod } from "../../../api/k8s/types.generated.ts";
import type { ContainerRecord, Terminated } from "./runtime-state.ts";

export const INITIAL_BACKOFF_MS = 10_000;
export const MAX_BACKOFF_MS = 300_000;
/** A run this long forgives earlier failures. */
export const RESET_AFTER_MS = 600_000;

export type Records = ReadonlyMap<string, ContainerRecord>;

export interface Decision {
  /** Containers to start now. */
  readonly start: readonly string[];
  /** When to decide again if nothing happens, epoch milliseconds. */
  readonly wakeAt?: number;
}

/** Which containers of a pod start now: init containers one after another, then all others, each with its backoff. */
export function decide(pod: Pod, records: Records, now: number): Decision {
  if (pod.metadata.deletionTimestamp !== undefined || podFailed(pod, records)) return { start: [] };
  for (const container of pod.spec?.initContainers ?? []) {
    const record = records.get(container.name);
    if (record !== undefined && !initDone(container, record)) return decideOne(pod, container, record, now);
  }
  const sidecars = (pod.spec?.initContainers ?? []).filter(isSidecar);
  const decisions = [...sidecars, ...(pod.spec?.containers ?? [])].map((container) => {
    const record = records.get(container.name);
    return record === undefined ? { start: [] } : decideOne(pod, container, record, now);
  });
  return merge(decisions);
}

function merge(decisions: readonly Decision[]): Decision {
  const times = decisions.flatMap(({ wakeAt }) => wakeAt ?? []);
  return { start: decisions.flatMap(({ start }) => start), ...(times.length === 0 ? {} : { wakeAt: Math.min(...times) }) };
}

function decideOne(pod: Pod, container: Container, record: ContainerRecord, now: number): Decision {
  const due = startDue(pod, container, record);
  if (due === undefined) return { start: [] };
  return due <= now ? { start: [container.name] } : { start: [], wakeAt: due };
}

/** When the container is to be started; undefined while it runs or when it has run for good. */
function startDue(pod: Pod, container: Container, record: ContainerRecord): number | undefined {
  switch (record.state.kind) {
    case "waiting":
      return record.state.retryAt ?? 0;
    case "creating":
    case "running":
      return undefined;
    case "terminated":
      return restarts(pod, container, record.state) ? restartDue(record, record.state) : undefined;
  }
}

/** The restart after the first failure is immediate, later ones wait 10 s, 20 s ... from the end of the run. */
export function restartDue({ crashes }: ContainerRecord, { finishedAt }: Terminated): number {
  return finishedAt + restartDelayMs(crashes);
}

export function restartDelayMs(crashes: number): number {
  return crashes <= 1 ? 0 : Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** (crashes - 2));
}

/** Failures in a row after a run has ended; a run of RESET_AFTER_MS counts as a new beginning. */
export function crashesAfter(before: number, { startedAt, finishedAt }: Terminated): number {
  return finishedAt - startedAt >= RESET_AFTER_MS ? 1 : before + 1;
}

export function isSidecar(container: Container): boolean {
  return container.restartPolicy === "Always";
}

export function isInit(pod: Pod, name: string): boolean {
  return pod.spec?.initContainers?.some((container) => container.name === name) ?? false;
}

export function restarts(pod: Pod, container: Container, { exitCode }: Pick<Terminated, "exitCode">): boolean {
  if (isSidecar(container)) return true;
  const policy = pod.spec?.restartPolicy ?? "Always";
  if (policy === "Never") return false;
  return isInit(pod, container.name) || policy === "OnFailure" ? exitCode !== 0 : true;
}

export function initDone(container: Container, record: ContainerRecord): boolean {
  if (isSidecar(container)) return record.started;
  return record.state.kind === "terminated" && record.state.exitCode === 0;
}

/** An init container failed and may not be repeated: the pod is over. */
export function podFailed(pod: Pod, records: Records): boolean {
  return (pod.spec?.initContainers ?? []).some((container) => {
    const state = records.get(container.name)?.state;
    return state?.kind === "terminated" && state.exitCode !== 0 && !restarts(pod, container, state);
  });
}
