import { ConditionManager, findCondition, type Condition, type ConditionSet } from "../../../../api/meta/conditions.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";

type WithStatus = KubeObject & {
  readonly status?:
    | { readonly conditions?: readonly Condition[] | undefined; readonly observedGeneration?: number | undefined }
    | undefined;
};

/** The conditions of an object, ready to be marked; what is missing starts as Unknown. */
export function conditionsOf(set: ConditionSet, object: WithStatus, now: number): ConditionManager {
  return new ConditionManager(set, object.status?.conditions, now).initialize();
}

/** Whether the controller of `object` has seen its present spec. */
export function isCurrent(object: WithStatus): boolean {
  return object.status?.observedGeneration === object.metadata.generation;
}

/** Ready as a client may trust it: said about the present spec. */
export function isReady(object: WithStatus): boolean {
  return isCurrent(object) && findCondition(object.status?.conditions, "Ready")?.status === "True";
}

export function hasFailed(object: WithStatus): boolean {
  return isCurrent(object) && findCondition(object.status?.conditions, "Ready")?.status === "False";
}
