import { findCondition, type Condition, type ConditionManager, type ConditionSet } from "../meta/conditions.ts";

export const RESOURCES_AVAILABLE = "ResourcesAvailable";
export const CONTAINER_HEALTHY = "ContainerHealthy";
/** Severity Info: whether the revision receives traffic; it does not decide about Ready. */
export const ACTIVE = "Active";

export const REVISION_CONDITIONS: ConditionSet = { happy: "Ready", dependents: [CONTAINER_HEALTHY, RESOURCES_AVAILABLE] };

export const RESOLVING_DIGESTS = "ResolvingDigests";
export const DEPLOYING = "Deploying";
export const CONTAINER_MISSING = "ContainerMissing";
export const PROGRESS_DEADLINE_EXCEEDED = "ProgressDeadlineExceeded";

export function markResolvingDigests(conditions: ConditionManager, image: string): void {
  const message = `Looking up the digest of image ${JSON.stringify(image)}.`;
  conditions.markUnknown(CONTAINER_HEALTHY, RESOLVING_DIGESTS, message);
  conditions.markUnknown(RESOURCES_AVAILABLE, RESOLVING_DIGESTS, message);
}

export function markContainerMissing(conditions: ConditionManager, image: string, why: string): void {
  const message = `Unable to fetch image ${JSON.stringify(image)}: ${why}`;
  conditions.markFalse(CONTAINER_HEALTHY, CONTAINER_MISSING, message);
  conditions.markUnknown(RESOURCES_AVAILABLE, RESOLVING_DIGESTS, message);
}

const WAITING_FOR_INSTANCES = "Waiting for the first instances to become ready.";

/** `why`: what the readiness probe of a slow start says. */
export function markContainerDeploying(conditions: ConditionManager, why?: string): void {
  conditions.markUnknown(CONTAINER_HEALTHY, DEPLOYING, why === undefined ? WAITING_FOR_INSTANCES : `${WAITING_FOR_INSTANCES} ${why}`);
}

export function markResourcesDeploying(conditions: ConditionManager): void {
  conditions.markUnknown(RESOURCES_AVAILABLE, DEPLOYING, WAITING_FOR_INSTANCES);
}

export function markActiveDeploying(conditions: ConditionManager): void {
  conditions.markUnknown(ACTIVE, DEPLOYING, WAITING_FOR_INSTANCES);
}

/** Both dependents at once: the instances that the revision starts with were all ready. */
export function markInstancesReady(conditions: ConditionManager): void {
  conditions.markTrue(CONTAINER_HEALTHY);
  conditions.markTrue(RESOURCES_AVAILABLE);
}

export function markContainerExited(conditions: ConditionManager, exitCode: number, message: string | undefined): void {
  conditions.markFalse(CONTAINER_HEALTHY, `ExitCode${exitCode}`, exitMessage(exitCode, message));
}

/** `message`: the program's last words. */
export function exitMessage(exitCode: number, message: string | undefined): string {
  if (message) return `Container failed with: ${message}`;
  return exitCode === 0 ? "container exited with no error" : `Container failed with: exit code ${exitCode} and no output`;
}

/** The program runs and is no server as it should be, e.g. it listens on another port. */
export function markContainerUnhealthy(conditions: ConditionManager, reason: string, message: string): void {
  conditions.markFalse(CONTAINER_HEALTHY, reason, message);
}

export function markResourcesUnavailable(conditions: ConditionManager, reason: string, message: string): void {
  conditions.markFalse(RESOURCES_AVAILABLE, reason, message);
}

export function markNeverScaled(conditions: ConditionManager): void {
  conditions.markFalse(RESOURCES_AVAILABLE, PROGRESS_DEADLINE_EXCEEDED, "Initial scale was never achieved");
}

export function markChildNotOwned(conditions: ConditionManager, kind: string, name: string): void {
  conditions.markFalse(RESOURCES_AVAILABLE, "NotOwned", `There is an existing ${kind} ${JSON.stringify(name)} that we do not own.`);
}

/** Active is what the PodAutoscaler's Ready says. */
export function propagateActive(conditions: ConditionManager, ready: Condition): void {
  if (ready.status === "True") conditions.markTrue(ACTIVE);
  else if (ready.status === "False") conditions.markFalse(ACTIVE, ready.reason ?? "", ready.message ?? "");
  else conditions.markUnknown(ACTIVE, ready.reason ?? "", ready.message ?? "");
}

/** Why the instances that requests wait for do not come. */
export interface StartFailure {
  readonly reason: string;
  readonly message: string;
}

/** Reasons of Active=False under which nothing is being started: the next request starts something. */
const AT_REST = new Set(["NoTraffic", "TimedOut"]);

/** Every instance has failed to start. Gateways answer what waits for the revision, until Active says anything else. */
export function markStartFailed(conditions: ConditionManager, { reason, message }: StartFailure): void {
  conditions.markFalse(ACTIVE, reason, message);
}

/** What `markStartFailed` wrote; undefined while a request may wait for an instance. */
export function startFailureOf(conditions: readonly Condition[] | undefined): StartFailure | undefined {
  const active = findCondition(conditions, ACTIVE);
  if (active?.status !== "False" || active.reason === undefined || AT_REST.has(active.reason)) return undefined;
  return { reason: active.reason, message: active.message ?? "" };
}
