import type { KubeObject } from "../../../api/meta/object.ts";

/** One change of one object, as it was committed. Objects are frozen and carry their resourceVersion. */
export interface CacheEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly key: string;
  /** The state after the change; for DELETED the last state, with the revision of the deletion. */
  readonly object: KubeObject;
  /** The state before, if there was one and it is known. */
  readonly previous: KubeObject | undefined;
  /** False for changes from before the start whose earlier state was not read. */
  readonly previousKnown: boolean;
  /** Size of the object's text, in UTF-16 units: the weight of this event in the history. */
  readonly weight: number;
}

export interface HistoryLimits {
  readonly maxEvents: number;
  readonly maxWeight: number;
}

export type CacheListener = (event: CacheEvent) => void;

/** What can be read of one kind. */
export type KindView = Pick<KindCache, "oldest" | "get" | "keys" | "list" | "listAt" | "since" | "subscribe">;

/**
 * All objects of one kind, sorted by key (`namespace/name` or `name`), and the latest changes.
 *
 * - I1 `history` holds every change after `oldest`, in revision order;
 * - I2 listeners see a change after it is in `objects` and in `history`.
 */
export class KindCache {
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<CacheListener>();
  readonly #limits: HistoryLimits;
  #keys: string[] = [];
  #history: CacheEvent[] = [];
  #first = 0;
  #weight = 0;
  #oldest: number;

  constructor(limits: HistoryLimits, oldest: number) {
    this.#limits = limits;
    this.#oldest = oldest;
  }

  /** The revision after which every change is known. */
  get oldest(): number {
    return this.#oldest;
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /** Keys under `prefix` ("" for all), sorted. */
  keys(prefix: string): readonly string[] {
    if (prefix === "") return this.#keys;
    return this.#keys.slice(lowerBound(this.#keys, prefix), lowerBound(this.#keys, after(prefix)));
  }

  /** Objects under `prefix`, sorted by key. */
  list(prefix: string): KubeObject[] {
    return this.keys(prefix).map((key) => this.#objects.get(key) as KubeObject);
  }

  /** The state under `prefix` as it was at `revision`, by undoing later changes; undefined when that is too long ago. */
  listAt(prefix: string, revision: number): { key: string; object: KubeObject }[] | undefined {
    if (revision < this.#oldest) return undefined;
    const states = new Map<string, KubeObject | undefined>();
    for (const key of this.keys(prefix)) states.set(key, this.#objects.get(key));
    for (const event of this.since(revision).toReversed()) {
      if (!event.key.startsWith(prefix)) continue;
      if (!event.previousKnown) return undefined;
      states.set(event.key, event.previous);
    }
    const known = [...states].flatMap(([key, object]) => (object === undefined ? [] : [{ key, object }]));
    return known.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Changes after `revision`; only meaningful from `oldest` on. */
  since(revision: number): readonly CacheEvent[] {
    let low = this.#first;
    let high = this.#history.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#history[middle]?.revision ?? 0) > revision) high = middle;
      else low = middle + 1;
    }
    return this.#history.slice(low);
  }

  /** Fills the empty cache at start. Keys arrive in any order. */
  load(entries: readonly { readonly key: string; readonly object: KubeObject }[]): void {
    for (const { key, object } of entries) this.#objects.set(key, object);
    this.#keys = [...this.#objects.keys()].sort();
  }

  /** Adds a change that `load` contained already: it goes to the history only. */
  remember(event: CacheEvent): void {
    this.#history.push(event);
    this.#weight += event.weight;
    while (this.#history.length - this.#first > this.#limits.maxEvents || this.#weight > this.#limits.maxWeight) this.#forgetOne();
    if (this.#first > 1024 && this.#first > this.#history.length / 2) {
      this.#history = this.#history.slice(this.#first);
      this.#first = 0;
    }
  }

  apply(event: CacheEvent): void {
    if (event.type === "DELETED") this.#remove(event.key);
    else this.#put(event.key, event.object);
    this.remember(event);
    const present = Array.from(this.#listeners); // who joins meanwhile has the change from the history
    for (const listener of present) listener(event); // I2
  }

  subscribe(listener: CacheListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #put(key: string, object: KubeObject): void {
    if (!this.#objects.has(key)) this.#keys.splice(lowerBound(this.#keys, key), 0, key);
    this.#objects.set(key, object);
  }

  #remove(key: string): void {
    if (this.#objects.delete(key)) this.#keys.splice(lowerBound(this.#keys, key), 1);
  }

  #forgetOne(): void {
    const event = this.#history[this.#first];
    if (event === undefined) return;
    this.#oldest = event.revision; // I1
    this.#weight -= event.weight;
    this.#first += 1;
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The smallest text that is greater than everything that starts with `prefix`. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
