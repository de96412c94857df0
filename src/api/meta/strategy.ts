import type { AdmissionContext, FieldCause, Refusal, Strategy } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { refusalOf } from "./validation/causes.ts";

interface Special<T extends KubeObject> extends Omit<Strategy<T>, "validate"> {
  /** What is wrong beside the metadata, which the API server checks for every kind. Not asked for writes to a subresource. */
  causes?(object: T, context: AdmissionContext): readonly FieldCause[];
  /** What a webhook would say once there are no causes. */
  refuse?(object: T): Refusal | undefined;
}

/** A strategy of a built-in kind from what is special about it. */
export function strategyOf<T extends KubeObject>({ causes, refuse, ...rest }: Special<T>): Strategy<T> {
  if (causes === undefined) return rest;
  const validate: Strategy<T>["validate"] = (object, context) =>
    context.subresource === "" ? (refusalOf(causes(object, context)) ?? refuse?.(object)) : undefined;
  return { ...rest, validate };
}

/** For `prepare`: a client cannot set the status of what it creates. */
export function dropStatus(draft: { status?: unknown }, context: AdmissionContext): void {
  if (context.operation === "CREATE") delete draft.status;
}

/** The stored object, on an update. */
export function oldOf<T extends KubeObject>(context: AdmissionContext): T | undefined {
  return context.old as T | undefined;
}
