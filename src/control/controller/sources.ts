import type { KindRef } from "../../api/meta/kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../api/meta/object.ts";
import type { Change, Informer } from "../../client/types.ts";
import { deepEqual } from "../../std/json.ts";
import { controllerOf, refersTo } from "./owners.ts";
import type { Source } from "./types.ts";

/** How long a key may wait for a change to be looked at, milliseconds; 0: not at all. */
export type Timing<T extends KubeObject> = (change: Change<T>) => number;

/** News that only ends in a status: several changes become one write, and what a request waits for goes first. */
export const SETTLE_MS = 10;
/** What nobody waits for: mostly our own writes that come back, and words about a wait that may be over by then. */
export const ECHO_MS = 100;

const NOW = () => 0;

/**
 * Wakes the keys that `mapToKeys` names for each changed object (its own key by default). For an update both states are
 * asked, but no key is named twice: the first naming sets a worker to it at once, and the second would make it run again.
 */
export function informerSource<T extends KubeObject>(
  informer: Informer<T>,
  mapToKeys: (object: T) => readonly ObjectKey[] = (object) => [keyOf(object)],
  timing: Timing<T> = NOW,
): Source {
  const keysOf = (change: Change<T>) => {
    const now = mapToKeys(change.object);
    if (change.type !== "updated") return now;
    const before = mapToKeys(change.old).filter((old) => !now.some((key) => isSameKey(key, old)));
    return before.length === 0 ? now : [...now, ...before];
  };
  return changeSource(informer, keysOf, timing);
}

/**
 * The objects that a controller reconciles. Its own word, the status, comes back late: only to be set right if somebody
 * changed it.
 */
export function ownSource<T extends KubeObject>(informer: Informer<T>): Source {
  return changeSource(
    informer,
    ({ object }) => [keyOf(object)],
    (change) => (isMoreThanStatus(change) ? 0 : ECHO_MS),
  );
}

/**
 * What wakes the objects of a controller: they themselves, and `others` while they are there. Whatever concerns one that is
 * not there yet is looked at when it comes, and of one that has gone nobody asks.
 */
export function sourcesOf<T extends KubeObject>(objects: Informer<T>, ...others: readonly Source[]): Source[] {
  return [ownSource(objects), ...others.map((source) => whileThere(objects, source))];
}

/** The source, for keys of objects that are there. */
export function whileThere<T extends KubeObject>(objects: Informer<T>, source: Source): Source {
  return {
    start: (enqueue) =>
      source.start((key, afterMs) => {
        if (objects.get(key) !== undefined) enqueue(key, afterMs);
      }),
  };
}

/** Wakes the controlling owner of each changed object, when that owner is of `ownerKind`. */
export function ownerSource<T extends KubeObject>(informer: Informer<T>, ownerKind: KindRef, timing: Timing<T> = NOW): Source {
  const ownersOf = (object: T) => {
    const owner = controllerOf(object);
    if (owner === undefined || !refersTo(owner, ownerKind)) return [];
    return [{ namespace: ownerKind.namespaced ? (object.metadata.namespace ?? "") : "", name: owner.name }];
  };
  return informerSource(informer, ownersOf, timing);
}

/** Wakes the keys that `mapChange` names for each change: for those that need to know what was before. */
export function changeSource<T extends KubeObject>(
  informer: Informer<T>,
  mapChange: (change: Change<T>) => readonly ObjectKey[],
  timing: Timing<T> = NOW,
): Source {
  return {
    start: (enqueue) =>
      informer.subscribe((change) => {
        const keys = mapChange(change);
        if (keys.length === 0) return;
        const afterMs = timing(change);
        for (const key of keys) enqueue(key, afterMs);
      }),
  };
}

/**
 * Of children: one that has gone is missed now. What a parent writes on them comes back as an echo; what their own
 * controllers say, their status, comes when `status` says.
 */
export function childTiming<T extends KubeObject>(status: (change: Updated<T>) => number): Timing<T> {
  return (change) => {
    if (change.type === "deleted") return 0;
    return change.type === "added" ? ECHO_MS : status(change);
  };
}

/** A change of an object that was there and still is. */
export type Updated<T extends KubeObject> = Extract<Change<T>, { readonly type: "updated" }>;

/** The source, for changes that pass `accepts` alone. */
export function filteredSource<T extends KubeObject>(informer: Informer<T>, accepts: (change: Change<T>) => boolean): Source {
  return changeSource(informer, (change) => (accepts(change) ? [keyOf(change.object)] : []));
}

/** Whether an update changed the spec, labels, annotations, owners or life of the object, not only its status. */
export function isMoreThanStatus<T extends KubeObject>(change: Change<T>): boolean {
  if (change.type !== "updated") return true;
  const now = change.object.metadata;
  const before = change.old.metadata;
  return (
    now.generation !== before.generation || now.deletionTimestamp !== before.deletionTimestamp || !deepEqual(written(now), written(before))
  );
}

function written({ labels, annotations, finalizers, ownerReferences }: KubeObject["metadata"]): unknown {
  return [labels, annotations, finalizers, ownerReferences];
}

function isSameKey(a: ObjectKey, b: ObjectKey): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}

/** The source, but a key may wait for `afterMs`. */
export function settled(source: Source, afterMs = SETTLE_MS): Source {
  return { start: (enqueue) => source.start((key, otherMs = 0) => enqueue(key, Math.max(otherMs, afterMs))) };
}
