import type { KindRef } from "../../api/meta/kind.ts";
import { formatKey, keyOf, type KubeObject, type ObjectKey } from "../../api/meta/object.ts";
import type { Change, Informer } from "../../client/types.ts";
import type { Clock, Timer } from "../../std/clock.ts";
import { controllerOf, refersTo } from "./owners.ts";
import type { Source } from "./types.ts";

/** Wakes the keys that `mapToKeys` names for each changed object (its own key by default). For an update both states are asked. */
export function informerSource<T extends KubeObject>(
  informer: Informer<T>,
  mapToKeys: (object: T) => readonly ObjectKey[] = (object) => [keyOf(object)],
): Source {
  return changeSource(informer, (change) => states(change).flatMap(mapToKeys));
}

/** Wakes the controlling owner of each changed object, when that owner is of `ownerKind`. */
export function ownerSource<T extends KubeObject>(informer: Informer<T>, ownerKind: KindRef): Source {
  return informerSource(informer, (object) => {
    const owner = controllerOf(object);
    if (owner === undefined || !refersTo(owner, ownerKind)) return [];
    return [{ namespace: ownerKind.namespaced ? (object.metadata.namespace ?? "") : "", name: owner.name }];
  });
}

/** Wakes the keys that `mapChange` names for each change: for those that need to know what was before. */
export function changeSource<T extends KubeObject>(informer: Informer<T>, mapChange: (change: Change<T>) => readonly ObjectKey[]): Source {
  return {
    start: (enqueue) =>
      informer.subscribe((change) => {
        for (const key of mapChange(change)) enqueue(key);
      }),
  };
}

/** The source, for changes that pass `accepts` alone. */
export function filteredSource<T extends KubeObject>(informer: Informer<T>, accepts: (change: Change<T>) => boolean): Source {
  return changeSource(informer, (change) => (accepts(change) ? [keyOf(change.object)] : []));
}

/** Whether an update changed the spec, labels, annotations or life of the object, not only its status. */
export function isMoreThanStatus<T extends KubeObject>(change: Change<T>): boolean {
  if (change.type !== "updated") return true;
  const now = change.object.metadata;
  const before = change.old.metadata;
  return (
    now.generation !== before.generation ||
    now.deletionTimestamp !== before.deletionTimestamp ||
    JSON.stringify([now.labels, now.annotations, now.finalizers]) !== JSON.stringify([before.labels, before.annotations, before.finalizers])
  );
}

function states<T>(change: Change<T>): readonly T[] {
  return change.type === "updated" ? [change.object, change.old] : [change.object];
}

/** How long news of children may wait to be told to their owner, in milliseconds. */
export const SETTLE_MS = 10;

/**
 * The source, but a key comes SETTLE_MS after its first change and once for all changes meanwhile. For what only ends in a
 * status: several changes become one write, and what a request waits for goes first.
 */
export function settled(clock: Clock, source: Source): Source {
  return {
    start: (enqueue) => {
      const waiting = new Map<string, Timer>();
      const inner = source.start((key) => {
        const id = formatKey(key);
        if (waiting.has(id)) return;
        const tell = () => {
          waiting.delete(id);
          enqueue(key);
        };
        waiting.set(id, clock.setTimer(SETTLE_MS, tell));
      });
      return {
        [Symbol.dispose]: () => {
          inner[Symbol.dispose]();
          for (const timer of waiting.values()) timer[Symbol.dispose]();
        },
      };
    },
  };
}
