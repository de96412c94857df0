import type { PodAutoscaler } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import type { Deployment, DeploymentCondition, Pod } from "../../../../api/k8s/types.generated.ts";
import { findCondition, type ConditionManager } from "../../../../api/meta/conditions.ts";
import type { RevisionStatus } from "../../../../api/serving/revision.ts";
import {
  CONTAINER_HEALTHY,
  markActiveDeploying,
  markContainerDeploying,
  markContainerExited,
  markContainerUnhealthy,
  markInstancesReady,
  markNeverScaled,
  markResourcesDeploying,
  markResourcesUnavailable,
  markStartFailed,
  propagateActive,
  RESOURCES_AVAILABLE,
} from "../../../../api/serving/revision-lifecycle.ts";
import { podTrouble, slowStart, type Trouble } from "./pod-trouble.ts";
import { judgeStart } from "./start-failure.ts";

/** What the children of a revision look like now. */
export interface Observed {
  readonly deployment: Deployment;
  readonly podAutoscaler: PodAutoscaler;
  readonly pods: readonly Pod[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Draws the conditions from the children.
 *
 * - I1 trouble is said as soon as a pod shows it, not at the progress deadline.
 * - I2 the cause of a failure outlives the pods: when a revision that never started is scaled to zero, it stays.
 */
export function propagateChildren(status: RevisionStatus, conditions: ConditionManager, observed: Observed): void {
  const { deployment, podAutoscaler } = observed;
  propagateScale(status, podAutoscaler);
  const ready = findCondition(podAutoscaler.status?.conditions, "Ready");
  if (ready === undefined) markActiveDeploying(conditions);
  else propagateActive(conditions, ready);
  const { failure } = judgeStart(observed);
  if (failure !== undefined) markStartFailed(conditions, failure);
  const trouble = troubleOf(observed);
  const stalled = stalledReason(deployment);
  if (trouble !== undefined || stalled !== undefined)
    markFailed(conditions, { trouble, stalled, why: slowStart(observed.pods, observed.now).why }); // I1
  else if (isInitialized(podAutoscaler)) markInstancesReady(conditions);
  else markStarting(conditions, observed);
}

function propagateScale(status: RevisionStatus, { status: scale }: PodAutoscaler): void {
  const { actualScale = -1, desiredScale = -1 } = scale ?? {};
  status.actualReplicas = actualScale >= 0 ? actualScale : undefined;
  status.desiredReplicas = desiredScale >= 0 ? desiredScale : undefined;
}

function isInitialized({ status }: PodAutoscaler): boolean {
  return findCondition(status?.conditions, "ScaleTargetInitialized")?.status === "True" && Boolean(status?.serviceName);
}

/** Only while none of the wanted pods serves: one bad pod among good ones is the Deployment's business. */
function troubleOf({ deployment, pods }: Observed): Trouble | undefined {
  const wanted = deployment.spec?.replicas ?? 0;
  return wanted > 0 && (deployment.status?.availableReplicas ?? 0) === 0 ? podTrouble(pods) : undefined;
}

/** The Deployment's own complaint: pods that may not be created, or a deadline that has passed. */
function stalledReason({ status, spec }: Deployment): DeploymentCondition | undefined {
  if ((spec?.replicas ?? 0) === 0) return undefined;
  const conditions = status?.conditions ?? [];
  return (
    conditions.find(({ type, status: value }) => type === "ReplicaFailure" && value === "True") ??
    conditions.find(({ type, status: value }) => type === "Progressing" && value === "False")
  );
}

interface Failure {
  readonly trouble: Trouble | undefined;
  readonly stalled: DeploymentCondition | undefined;
  /** Why pods that run are not ready. */
  readonly why: string | undefined;
}

function markFailed(conditions: ConditionManager, { trouble, stalled, why }: Failure): void {
  if (trouble?.kind === "exited") markContainerExited(conditions, trouble.exitCode, trouble.message);
  else if (trouble?.kind === "unhealthy") markContainerUnhealthy(conditions, trouble.reason, trouble.message);
  else if (trouble !== undefined || !isFalse(conditions, CONTAINER_HEALTHY)) markContainerDeploying(conditions, why);
  if (trouble?.kind === "unavailable") markResourcesUnavailable(conditions, trouble.reason, trouble.message);
  else if (stalled !== undefined)
    markResourcesUnavailable(conditions, stalled.reason ?? "", [stalled.message, why].filter(Boolean).join(" "));
  else markResourcesDeploying(conditions);
}

function markStarting(conditions: ConditionManager, { deployment, podAutoscaler, pods, now }: Observed): void {
  const failed = isFalse(conditions, CONTAINER_HEALTHY) || isFalse(conditions, RESOURCES_AVAILABLE);
  if ((deployment.spec?.replicas ?? 0) === 0 && failed) return; // I2
  const givenUp =
    findCondition(podAutoscaler.status?.conditions, "Ready")?.status === "False" && Boolean(podAutoscaler.status?.serviceName);
  if (givenUp) return markNeverScaled(conditions);
  markContainerDeploying(conditions, slowStart(pods, now).why);
  markResourcesDeploying(conditions);
}

function isFalse(conditions: ConditionManager, type: string): boolean {
  return conditions.get(type)?.status === "False";
}
