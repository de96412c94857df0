import type { AdmissionContext, FieldCause, Strategy } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { refusalOf } from "./validation/causes.ts";
import { subdomainName, type NameRule } from "./validation/names.ts";
import { metaCauses } from "./validation/object-meta.ts";

interface Special<T extends KubeObject> extends Omit<Strategy<T>, "validate" | "prepare"> {
  readonly namespaced: boolean;
  readonly name?: NameRule;
  /** Causes beside those of the metadata; not asked on writes to a subresource unless `statusCauses` says more. */
  causes?(object: T, context: AdmissionContext): readonly FieldCause[];
  prepare?(draft: T, context: AdmissionContext): void;
  /** The field that only `/status` may write; dropped on create, kept on update. */
  readonly status?: keyof T & string;
}

/** A strategy of a built-in kind: metadata is validated, `status` is split from the rest. */
export function strategyOf<T extends KubeObject>(special: Special<T>): Strategy<T> {
  const { namespaced, name = subdomainName, causes, prepare, status, ...rest } = special;
  return {
    ...rest,
    prepare(draft, context) {
      if (status !== undefined) separateStatus(draft, status, context);
      prepare?.(draft, context);
    },
    validate(object, context) {
      const own = context.subresource === "" ? (causes?.(object, context) ?? []) : [];
      return refusalOf([...metaCauses(object, { namespaced, name }, context), ...own]);
    },
  };
}

/** `/status` writes nothing but status, everything else nothing of it. */
function separateStatus<T extends KubeObject>(draft: T, status: keyof T & string, context: AdmissionContext): void {
  const old = context.old as T | undefined;
  if (context.subresource === "status") {
    if (old !== undefined) keepAllBut(draft, old, status);
  } else if (old?.[status] === undefined) delete draft[status];
  else draft[status] = old[status];
}

/** Metadata stays the client's: managed fields, labels and annotations travel with a status write. */
function keepAllBut<T extends KubeObject>(draft: T, old: T, status: keyof T & string): void {
  for (const key of Object.keys(draft) as (keyof T & string)[])
    if (key !== status && key !== "metadata" && !(key in old)) delete draft[key];
  for (const key of Object.keys(old) as (keyof T & string)[]) if (key !== status && key !== "metadata") draft[key] = old[key];
}
