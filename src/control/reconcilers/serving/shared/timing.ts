import { findCondition, type Condition } from "../../../../api/meta/conditions.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import type { Updated } from "../../../controller/sources.ts";

type Conditioned = KubeObject & {
  readonly status?:
    | { readonly conditions?: readonly Condition[] | undefined; readonly observedGeneration?: number | undefined }
    | undefined;
};

/** Whether a condition came to another status, e.g. from Unknown to True. */
export function turned<T extends Conditioned>({ object, old }: Updated<T>, type: string): boolean {
  return conditionOf(object, type)?.status !== conditionOf(old, type)?.status;
}

/** Whether a condition gives another reason, be it for the same status. */
export function reasoned<T extends Conditioned>({ object, old }: Updated<T>, type: string): boolean {
  return conditionOf(object, type)?.reason !== conditionOf(old, type)?.reason;
}

/** Whether its controller said something about this object, or this version of it, for the first time. */
export function observed<T extends Conditioned>({ object, old }: Updated<T>): boolean {
  return object.status?.observedGeneration !== old.status?.observedGeneration;
}

/** Whether these conditions only tell of a wait: nothing came true, nothing failed. */
export function isWait(conditions: readonly Condition[] | undefined): boolean {
  return (conditions ?? []).every(({ status }) => status === "Unknown");
}

function conditionOf({ status }: Conditioned, type: string): Condition | undefined {
  return findCondition(status?.conditions, type);
}
