import type { AdmissionContext, FieldCause, Strategy } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { refusalOf } from "./validation/causes.ts";

interface Special<T extends KubeObject> extends Omit<Strategy<T>, "validate"> {
  /** What is wrong beside the metadata, which the API server checks for every kind. Not asked for writes to a subresource. */
  causes?(object: T, context: AdmissionContext): readonly FieldCause[];
}

/** A strategy of a built-in kind from what is special about it. */
export function strategyOf<T extends KubeObject>({ causes, ...rest }: Special<T>): Strategy<T> {
  if (causes === undefined) return rest;
  return { ...rest, validate: (object, context) => (context.subresource === "" ? refusalOf(causes(object, context)) : undefined) };
}

/** For `prepare`: a client cannot set the status of what it creates. */
export function dropStatus(draft: { status?: unknown }, context: AdmissionContext): void {
  if (context.operation === "CREATE") delete draft.status;
}

/** The stored object, on an update. */
export function oldOf<T extends KubeObject>(context: AdmissionContext): T | undefined {
  return context.old as T | undefined;
}
