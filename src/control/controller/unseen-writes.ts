import { keyOf, type KubeObject } from "../../api/meta/object.ts";
import type { Clock } from "../../std/clock.ts";
import type { Informer } from "../../client/types.ts";

interface Entry<T> {
  readonly object: T;
  readonly deleted: boolean;
  readonly at: number;
}

/** After this a write that the cache never showed is taken for lost: created and deleted between two lists. */
const EXPIRY_MS = 30_000;

/**
 * What a reconciler wrote and its cache does not show yet. Laid over the cache, it keeps a late watch from making a
 * reconciler create or delete twice.
 */
export class UnseenWrites<T extends KubeObject> implements Disposable {
  readonly #informer: Informer<T>;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #subscription: Disposable;

  constructor(informer: Informer<T>, clock: Clock) {
    this.#informer = informer;
    this.#clock = clock;
    this.#subscription = informer.subscribe(({ type, object }) => {
      const entry = this.#entries.get(uidOf(object));
      if (entry !== undefined && (!entry.deleted || type === "deleted" || isGoing(object))) this.#entries.delete(uidOf(object));
    });
  }

  created(object: T): void {
    if (this.#cached(object) === undefined) this.#remember(object, false);
  }

  deleted(object: T): void {
    const cached = this.#cached(object);
    if (cached !== undefined && !isGoing(cached)) this.#remember(object, true);
  }

  /**
   * Lays what is unseen now over what the cache shows now: `cached` must be read in the same turn in which this is
   * called, because a write that the cache learns of later is in neither. `belongs` picks among the created objects.
   */
  snapshot(): (cached: readonly T[], belongs: (object: T) => boolean) => readonly T[] {
    this.#expire();
    const entries = new Map(this.#entries);
    return (cached, belongs) => overlay(entries, cached, belongs);
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
    this.#entries.clear();
  }

  #cached(object: T): T | undefined {
    const cached = this.#informer.get(keyOf(object));
    return cached?.metadata.uid === object.metadata.uid ? cached : undefined;
  }

  #remember(object: T, deleted: boolean): void {
    this.#entries.set(uidOf(object), { object, deleted, at: this.#clock.monotonicMs() });
  }

  #expire(): void {
    const oldest = this.#clock.monotonicMs() - EXPIRY_MS;
    for (const [uid, { at }] of this.#entries) if (at < oldest) this.#entries.delete(uid);
  }
}

function overlay<T extends KubeObject>(
  entries: ReadonlyMap<string, Entry<T>>,
  cached: readonly T[],
  belongs: (object: T) => boolean,
): readonly T[] {
  if (entries.size === 0) return cached;
  const seen = new Set(cached.map(uidOf));
  const kept = cached.filter((object) => entries.get(uidOf(object))?.deleted !== true);
  const added = [...entries.values()].filter(({ object, deleted }) => !deleted && !seen.has(uidOf(object)) && belongs(object));
  return [...kept, ...added.map(({ object }) => object)];
}

function uidOf(object: KubeObject): string {
  return object.metadata.uid ?? "";
}

function isGoing(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
