import { deepEqual } from "../../std/json.ts";
import { goDiff } from "../serving/validation/go-diff.ts";
import { fieldError, type FieldErrors } from "./field-error.ts";

const CHANGED = "Immutable fields changed (-old +new)";

export interface Immutable {
  /** Go's type, as the difference names it, e.g. `v1.BrokerSpec`. */
  readonly type: string;
  readonly old: unknown;
  readonly now: unknown;
  readonly paths?: readonly string[];
}

/** What may not have changed between two states of a spec. */
export function immutableFaults({ type, old, now, paths = ["spec"] }: Immutable): FieldErrors {
  return deepEqual(old, now) ? [] : fieldError(CHANGED, paths, goDiff(type, old, now));
}

/** The same of a single text. */
export function immutableText(old: string | undefined, now: string | undefined, paths: readonly string[], message = CHANGED): FieldErrors {
  if ((old ?? "") === (now ?? "")) return [];
  return fieldError(message, paths, `{string}:\n\t-: ${JSON.stringify(old ?? "")}\n\t+: ${JSON.stringify(now ?? "")}`);
}
