import type {
  Container,
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
} from "../../../api/k8s/types.generated.ts";
import { rfc3339 } from "../../../std/clock.ts";
import { initDone, isSidecar, podFailed, restartDelayMs, restartDue, restarts, type Records } from "./decide.ts";
import { qosClass } from "./qos.ts";
import type { ContainerRecord, Terminated } from "./runtime-state.ts";

export interface StatusContext {
  readonly pod: Pod;
  readonly records: Records;
  /** When the agent first saw the pod. */
  readonly startTime: number;
  /** Of the node. */
  readonly ip: string;
  /** Of the pod; undefined as long as it has none. */
  readonly podIp: string | undefined;
  /** Its sandbox exists: volumes and ports are ready. */
  readonly sandboxReady: boolean;
  readonly now: number;
  readonly failure?: PodFailure;
}

/** Why a pod is over though its programs are not, e.g. its deadline. */
export interface PodFailure {
  readonly reason: string;
  readonly message: string;
}

/** The status that a kubelet would report. */
export function makeStatus(context: StatusContext): PodStatus {
  const { pod, records, startTime, ip, podIp, sandboxReady } = context;
  const spec = pod.spec ?? { containers: [] };
  const isOver = context.failure !== undefined && !isAnyRunning(records);
  const phase = isOver ? "Failed" : podPhase(pod, records);
  const problem = context.failure ?? mainProblem(records);
  return {
    phase,
    ...(problem === undefined ? {} : problem),
    conditions: makeConditions(context, phase),
    hostIP: ip,
    hostIPs: [{ ip }],
    ...(podIp === undefined || !sandboxReady ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: rfc3339(startTime),
    ...((spec.initContainers ?? []).length === 0 ? {} : { initContainerStatuses: statusesOf(spec.initContainers ?? [], context) }),
    containerStatuses: statusesOf(spec.containers, context),
    qosClass: qosClass(pod),
    observedGeneration: pod.metadata.generation ?? 1,
  };
}

export function podPhase(pod: Pod, records: Records): "Pending" | "Running" | "Succeeded" | "Failed" {
  if (podFailed(pod, records)) return "Failed";
  const init = pod.spec?.initContainers ?? [];
  const isInitialized = init.every((container) => isDone(container, records));
  const containers = pod.spec?.containers ?? [];
  const ended = containers.flatMap((container) => {
    const state = records.get(container.name)?.state;
    const isOver = state?.kind === "terminated" && (!restarts(pod, container, state) || pod.metadata.deletionTimestamp !== undefined);
    return isOver ? [state] : [];
  });
  if (ended.length === containers.length && ended.length > 0) return ended.every(({ exitCode }) => exitCode === 0) ? "Succeeded" : "Failed";
  if (!isInitialized) return "Pending";
  const everRan = containers.some(({ name }) => hasRun(records.get(name)));
  const waits = containers.some(({ name }) => !hasRun(records.get(name)));
  return everRan && !waits ? "Running" : "Pending";
}

function isAnyRunning(records: Records): boolean {
  return [...records.values()].some(({ state }) => state.kind === "running");
}

function isDone(container: Container, records: Records): boolean {
  const record = records.get(container.name);
  return record !== undefined && initDone(container, record);
}

function hasRun(record: ContainerRecord | undefined): boolean {
  if (record === undefined) return false;
  const { state, last } = record;
  return (state.kind === "running" && state.isStarting !== true) || state.kind === "terminated" || last !== undefined;
}

const PORT_PROBLEMS = ["ListensOnOtherPort", "PortTaken"];

/** What the kubelet would not say, but people need to read first: shown by `kubectl get` in place of the phase. */
function mainProblem(records: Records): { reason: string; message: string } | undefined {
  for (const { unreadyMessage } of records.values()) {
    const reason = PORT_PROBLEMS.find((one) => unreadyMessage?.startsWith(`${one}:`));
    if (unreadyMessage !== undefined && reason !== undefined) return { reason, message: unreadyMessage };
  }
  return undefined;
}

type Flag = Omit<PodCondition, "lastTransitionTime" | "observedGeneration" | "lastProbeTime">;

function makeConditions({ pod, records, sandboxReady, now }: StatusContext, phase: string): PodCondition[] {
  const ready = readiness(pod, records, phase);
  const gates = readinessGates(pod);
  const flags: Flag[] = [
    flag("PodReadyToStartContainers", sandboxReady && phase !== "Succeeded" && phase !== "Failed"),
    initialized(pod, records),
    gates !== undefined && ready.status === "True" ? { ...gates, type: "Ready" } : { ...ready, type: "Ready" },
    { ...ready, type: "ContainersReady" },
    flag("PodScheduled", true),
  ];
  return flags.map((condition) => withTransition(condition, pod, now));
}

function flag(type: string, value: boolean): Flag {
  return { type, status: value ? "True" : "False" };
}

function withTransition(condition: Flag, pod: Pod, now: number): PodCondition {
  const old = pod.status?.conditions?.find(({ type }) => type === condition.type);
  const since = old?.status === condition.status ? old.lastTransitionTime : undefined;
  return { ...condition, observedGeneration: pod.metadata.generation ?? 1, lastTransitionTime: since ?? rfc3339(now) };
}

function initialized(pod: Pod, records: Records): Flag {
  const missing = (pod.spec?.initContainers ?? []).filter((container) => !isDone(container, records)).map(({ name }) => name);
  if (missing.length === 0) return flag("Initialized", true);
  const message = `containers with incomplete status: [${missing.join(" ")}]`;
  return { type: "Initialized", status: "False", reason: "ContainersNotInitialized", message };
}

function readiness(pod: Pod, records: Records, phase: string): Omit<Flag, "type"> {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { status: "False", reason: "PodFailed" };
  const relevant = [...(pod.spec?.initContainers ?? []).filter(isSidecar), ...(pod.spec?.containers ?? [])];
  const unready = relevant.filter(({ name }) => records.get(name)?.ready !== true).map(({ name }) => name);
  if (unready.length === 0) return { status: "True" };
  const why = unready.flatMap((name) => records.get(name)?.unreadyMessage ?? []);
  const message = `containers with unready status: [${unready.join(" ")}]${why.length === 0 ? "" : `: ${why.join("; ")}`}`;
  return { status: "False", reason: "ContainersNotReady", message };
}

function readinessGates(pod: Pod): Omit<Flag, "type"> | undefined {
  const gates = pod.spec?.readinessGates ?? [];
  const missing = gates.filter(
    ({ conditionType }) => pod.status?.conditions?.find(({ type }) => type === conditionType)?.status !== "True",
  );
  if (missing.length === 0) return undefined;
  const messages = missing.map(
    ({ conditionType }) => `the status of pod readiness gate "${conditionType}" is not "True", but ${gateStatus(pod, conditionType)}`,
  );
  return { status: "False", reason: "ReadinessGatesNotReady", message: messages.join("; ") };
}

function gateStatus(pod: Pod, type: string): string {
  return pod.status?.conditions?.find((condition) => condition.type === type)?.status ?? "Unknown";
}

/** Sorted by name, as the kubelet does it. */
function statusesOf(containers: readonly Container[], context: StatusContext): ContainerStatus[] {
  const statuses = containers.flatMap((container) => {
    const record = context.records.get(container.name);
    return record === undefined ? [] : [statusOf(container, record, context)];
  });
  return statuses.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function statusOf(container: Container, record: ContainerRecord, { pod, now }: StatusContext): ContainerStatus {
  const { state, lastState } = statesOf(container, record, pod, now);
  const id = record.state.kind === "running" || record.state.kind === "terminated" ? record.state.containerId : record.last?.containerId;
  return {
    name: record.name,
    state,
    lastState,
    ready: record.ready,
    restartCount: record.restartCount,
    image: container.image ?? "",
    imageID: record.imageId,
    ...(id === undefined ? {} : { containerID: id }),
    started: record.started,
    ...(container.resources === undefined ? {} : { resources: container.resources }),
  };
}

interface States {
  readonly state: ContainerState;
  readonly lastState: ContainerState;
}

function statesOf(container: Container, record: ContainerRecord, pod: Pod, now: number): States {
  const lastState = record.last === undefined ? {} : { terminated: terminatedState(record.last) };
  switch (record.state.kind) {
    case "waiting": {
      const { reason, message } = record.state;
      return { lastState, state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } };
    }
    case "creating":
      return { lastState, state: { waiting: { reason: "ContainerCreating" } } };
    case "running":
      if (record.state.isStarting === true) return { lastState, state: { waiting: { reason: "ContainerCreating" } } };
      return { lastState, state: { running: { startedAt: rfc3339(record.state.startedAt) } } };
    case "terminated":
      return endedStates(container, record, record.state, { pod, now, lastState });
  }
}

interface EndedContext {
  readonly pod: Pod;
  readonly now: number;
  readonly lastState: ContainerState;
}

/** A container that waits for its restart is shown as waiting, and how it ended as lastState. */
function endedStates(container: Container, record: ContainerRecord, ended: Terminated, { pod, now, lastState }: EndedContext): States {
  const terminated = terminatedState(ended);
  const waits = pod.metadata.deletionTimestamp === undefined && restarts(pod, container, ended) && restartDue(record, ended) > now;
  if (!waits) return { lastState, state: { terminated } };
  const message = crashLoopMessage(pod, container.name, record.crashes);
  return { lastState: { terminated }, state: { waiting: { reason: "CrashLoopBackOff", message } } };
}

export function crashLoopMessage(pod: Pod, container: string, crashes: number): string {
  const { name, namespace, uid } = pod.metadata;
  const seconds = restartDelayMs(crashes) / 1000;
  const text = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `back-off ${text} restarting failed container=${container} pod=${name}_${namespace}(${uid})`;
}

function terminatedState({ containerId, exitCode, reason, message, startedAt, finishedAt }: Terminated): ContainerStateTerminated {
  return {
    exitCode,
    reason,
    ...(message === undefined ? {} : { message }),
    startedAt: rfc3339(startedAt),
    finishedAt: rfc3339(finishedAt),
    containerID: containerId,
  };
}
