import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from "../../../../api/k8s/types.generated.ts";
import { rfc3339 } from "../../../../std/clock.ts";
import type { RolloutLimits } from "./limits.ts";

/** The ReplicaSets of a Deployment, told apart. */
export interface Sets {
  /** The one with the current template. */
  readonly current: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

export interface StatusInput {
  readonly deployment: Deployment;
  readonly sets: Sets;
  readonly limits: RolloutLimits;
  /** Epoch milliseconds. */
  readonly now: number;
}

type Conditions = readonly DeploymentCondition[];

const TIMED_OUT = "ProgressDeadlineExceeded";
const COMPLETE = "NewReplicaSetAvailable";

export function allSets({ current, old }: Sets): readonly ReplicaSet[] {
  return current === undefined ? old : [...old, current];
}

/** Counts and the Available condition, without a judgement of progress. */
export function countedStatus({ deployment, sets, limits, now }: StatusInput): DeploymentStatus {
  const all = allSets(sets);
  const total = (of: (set: ReplicaSet) => number | undefined) => all.reduce((count, set) => count + (of(set) ?? 0), 0);
  const available = total(({ status }) => status?.availableReplicas);
  const conditions = deployment.status?.conditions ?? [];
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: total(({ status }) => status?.replicas) || undefined,
    updatedReplicas: sets.current?.status?.replicas || undefined,
    readyReplicas: total(({ status }) => status?.readyReplicas) || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, total(({ spec }) => spec?.replicas) - available) || undefined,
    collisionCount: deployment.status?.collisionCount,
    conditions: [...setCondition(conditions, availability(limits, available), now)],
  };
}

function availability(limits: RolloutLimits, available: number): Said {
  return available >= limits.replicas - limits.maxUnavailable
    ? { type: "Available", status: "True", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability." }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
}

/** Counts, Available, Progressing and ReplicaFailure of a rollout. */
export function rolloutStatus(input: StatusInput): DeploymentStatus {
  const status = countedStatus(input);
  const conditions = withFailure(withProgress(status, input), input);
  return { ...status, conditions: [...conditions] };
}

function withProgress(status: DeploymentStatus, { deployment, sets, now }: StatusInput): Conditions {
  const conditions = status.conditions ?? [];
  if (deadlineSeconds(deployment) === undefined) return conditions.filter(({ type }) => type !== "Progressing");
  const known = progressing(deployment.status);
  if ((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && known?.reason === COMPLETE) return conditions;
  const subject = sets.current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${sets.current.metadata.name}"`;
  if (isComplete(deployment, status)) {
    return setCondition(conditions, say("True", COMPLETE, `${subject} has successfully progressed.`), now);
  }
  if (hasProgressed(deployment.status, status)) {
    // Removed first: every step forward renews lastUpdateTime, from which the deadline counts.
    const fresh = conditions.filter(({ type }) => type !== "Progressing");
    const said = say("True", "ReplicaSetUpdated", `${subject} is progressing.`);
    const since = known?.status === "True" ? known.lastTransitionTime : undefined;
    return [...fresh, { ...stamped(said, now), ...(since === undefined ? {} : { lastTransitionTime: since }) }];
  }
  if (!isTimedOut(deployment, now)) return conditions;
  return setCondition(conditions, say("False", TIMED_OUT, `${subject} has timed out progressing.`), now);
}

function withFailure(conditions: Conditions, { sets, now }: StatusInput): Conditions {
  const failures = allSets(sets).flatMap(({ status }) => status?.conditions?.filter(({ type }) => type === "ReplicaFailure") ?? []);
  const failure = failures.at(-1);
  if (failure === undefined) return conditions.filter(({ type }) => type !== "ReplicaFailure");
  const { status, reason = "", message = "" } = failure;
  return setCondition(conditions, { type: "ReplicaFailure", status, reason, message }, now);
}

/** Whether everything runs the current template and nothing else runs. */
export function isComplete({ spec, metadata }: Deployment, status: DeploymentStatus): boolean {
  const replicas = spec?.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus | undefined) => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, now: number): boolean {
  if (progressing(deployment.status)?.reason === TIMED_OUT) return true;
  const left = deadlineLeftMs(deployment, deployment.status, now);
  return left !== undefined && left < 0;
}

/** Milliseconds until the rollout has taken too long; undefined when nothing is awaited. */
export function deadlineLeftMs(deployment: Deployment, status: DeploymentStatus | undefined, now: number): number | undefined {
  const seconds = deadlineSeconds(deployment);
  const known = progressing(status);
  if (seconds === undefined || known === undefined || known.reason === COMPLETE || known.reason === TIMED_OUT) return undefined;
  return Date.parse(known.lastUpdateTime ?? known.lastTransitionTime ?? "") + seconds * 1000 - now;
}

function deadlineSeconds({ spec }: Deployment): number | undefined {
  const seconds = spec?.progressDeadlineSeconds;
  return seconds === undefined || seconds === 2_147_483_647 ? undefined : seconds;
}

function progressing(status: DeploymentStatus | undefined): DeploymentCondition | undefined {
  return status?.conditions?.find(({ type }) => type === "Progressing");
}

interface Said {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** A statement about progress. */
export function say(status: "True" | "False" | "Unknown", reason: string, message: string): Said {
  return { type: "Progressing", status, reason, message };
}

/** Sets one condition; the same status and reason again change nothing. */
export function setCondition(conditions: Conditions, said: Said, now: number): Conditions {
  const known = conditions.find(({ type }) => type === said.type);
  if (known?.status === said.status && known.reason === said.reason) return conditions;
  const since = known?.status === said.status ? known.lastTransitionTime : undefined;
  const others = conditions.filter(({ type }) => type !== said.type);
  return [...others, { ...stamped(said, now), ...(since === undefined ? {} : { lastTransitionTime: since }) }];
}

function stamped(said: Said, now: number): DeploymentCondition {
  return { ...said, lastUpdateTime: rfc3339(now), lastTransitionTime: rfc3339(now) };
}

/** The Progressing condition of a Deployment that is paused, or was until now; else undefined. */
export function pauseStatement({ spec, status }: Deployment): Said | undefined {
  const known = progressing(status);
  if (known?.reason === TIMED_OUT) return undefined;
  const saysPaused = known?.reason === "DeploymentPaused";
  if (spec?.paused === true && !saysPaused) return say("Unknown", "DeploymentPaused", "Deployment is paused");
  if (spec?.paused !== true && saysPaused) return say("Unknown", "DeploymentResumed", "Deployment is resumed");
  return undefined;
}
