import type { ObjectKey } from "../../api/meta/object.ts";

/** What a reconciler found. A thrown error means: try again with backoff. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "requeueAfter"; readonly afterMs: number }
  /** Trying again changes nothing until the object does; the reason is logged once. */
  | { readonly kind: "permanent"; readonly reason: string };

export const done: Outcome = { kind: "done" };

export function requeueAfter(afterMs: number): Outcome {
  return { kind: "requeueAfter", afterMs };
}

/** Wakes a key, `afterMs` from now at the latest (default: now). Whatever wakes it earlier serves all that wait. */
export type Enqueue = (key: ObjectKey, afterMs?: number) => void;

/** Something that tells which keys to look at again: usually an informer mapped to the keys of owners. */
export interface Source {
  /** Starts to call `enqueue`; dispose to stop. */
  start(enqueue: Enqueue): Disposable;
}

/** A controller is a value: a name, what wakes it, and a level-triggered reconcile. It knows no other controller. */
export interface Controller {
  readonly name: string;
  readonly sources: readonly Source[];
  /** Keys reconciled at the same time; one key never twice at once. Default 4. */
  readonly concurrency?: number;
  reconcile(key: ObjectKey, signal: AbortSignal): Promise<Outcome>;
}
