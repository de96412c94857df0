import type { KubeObject } from "../../../api/meta/object.ts";
import { ChangeLog, NONE_BEFORE, UNKNOWN_BEFORE, type PastChange } from "./change-log.ts";
import { restored, type RecentEvents } from "./history.ts";

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
  /** Size of the object's text, in UTF-16 units: the weight of this event in memory. */
  readonly weight: number;
}

export interface HistoryOptions {
  /** Changes of a kind that are remembered. */
  readonly maxChanges: number;
  /** Holds the latest of them as whole events. */
  readonly recent: RecentEvents;
}

export type CacheListener = (event: CacheEvent) => void;

/** What can be read of one kind. */
export type KindView = Pick<KindCache, "oldest" | "get" | "keys" | "list" | "listAt" | "since" | "eventOf" | "restore" | "subscribe">;

/**
 * All objects of one kind, sorted by key (`namespace/name` or `name`), and the latest changes.
 *
 * - I1 `history` holds every change after `oldest`, in revision order;
 * - I2 listeners see a change after it is in `objects` and in `history`.
 */
export class KindCache {
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<CacheListener>();
  readonly #options: HistoryOptions;
  #keys: string[] = [];
  readonly #history = new ChangeLog();
  #oldest: number;

  constructor(options: HistoryOptions, oldest: number) {
    this.#options = options;
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
  async listAt(prefix: string, revision: number): Promise<{ key: string; object: KubeObject }[] | undefined> {
    const states = this.#statesAt(prefix, revision);
    if (states === undefined) return undefined;
    const revisions = [...states.values()].filter((state) => typeof state === "number");
    const old = await this.#options.recent.states(new Set(revisions));
    if (old.size < revisions.length) return undefined;
    const known = [...states].map(([key, state]) => ({ key, object: typeof state === "number" ? (old.get(state) as KubeObject) : state }));
    return known.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Changes after `revision`; only meaningful from `oldest` on. */
  since(revision: number): readonly PastChange[] {
    return this.#history.since(revision);
  }

  /** Fills the empty cache at start. Keys arrive in any order. */
  load(entries: readonly { readonly key: string; readonly object: KubeObject }[]): void {
    for (const { key, object } of entries) this.#objects.set(key, object);
    this.#keys = [...this.#objects.keys()].sort();
  }

  /** The change as an event, if it is still held as one. */
  eventOf({ revision }: PastChange): CacheEvent | undefined {
    return this.#options.recent.at(revision);
  }

  /** The events of changes that `since` gave, up to the first that the store has forgotten. */
  async restore(changes: readonly PastChange[]): Promise<CacheEvent[]> {
    const held = changes.map((change) => this.eventOf(change));
    const revisions = changes.filter((_, index) => held[index] === undefined).flatMap(({ revision, before }) => [revision, before]);
    const states = await this.#options.recent.states(new Set(revisions.filter((revision) => revision > 0)));
    const events = changes.map((change, index) => held[index] ?? restored(change, states));
    const end = events.indexOf(undefined);
    return (end < 0 ? events : events.slice(0, end)) as CacheEvent[];
  }

  /** Adds a change that `load` contained already: it goes to the history only. */
  remember(change: PastChange): void {
    this.#history.push(change);
    if (this.#history.length > this.#options.maxChanges) this.#forgetOne();
  }

  /** Drops changes up to `revision`. */
  forget(revision: number): void {
    while ((this.#history.oldest ?? Infinity) <= revision) this.#forgetOne();
  }

  apply(event: CacheEvent): void {
    if (event.type === "DELETED") this.#remove(event.key);
    else this.#put(event.key, event.object);
    const { type, revision } = event;
    this.remember({ type, revision, key: this.#ownKey(event.key), before: revisionBefore(event) });
    this.#options.recent.add(event);
    const present = Array.from(this.#listeners); // who joins meanwhile has the change from the history
    for (const listener of present) listener(event); // I2
  }

  subscribe(listener: CacheListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #put(key: string, object: KubeObject): void {
    if (this.#objects.has(key)) return void this.#objects.set(key, object);
    const own = flat(key);
    this.#keys.splice(lowerBound(this.#keys, own), 0, own);
    this.#objects.set(own, object);
  }

  /** The same text as `key`, as it is kept here anyway. */
  #ownKey(key: string): string {
    const own = this.#keys[lowerBound(this.#keys, key)];
    return own === key ? own : flat(key);
  }

  #remove(key: string): void {
    if (this.#objects.delete(key)) this.#keys.splice(lowerBound(this.#keys, key), 1);
  }

  #forgetOne(): void {
    const { oldest } = this.#history;
    if (oldest === undefined) return;
    this.#oldest = oldest; // I1
    this.#history.shift();
  }

  /** As `listAt`, with the revision in place of a state that is in the store only. */
  #statesAt(prefix: string, revision: number): Map<string, KubeObject | number> | undefined {
    if (revision < this.#oldest) return undefined;
    const states = new Map<string, KubeObject | number>();
    for (const key of this.keys(prefix)) states.set(key, this.#objects.get(key) as KubeObject);
    for (const change of this.since(revision).toReversed()) {
      const { key, before } = change;
      if (!key.startsWith(prefix)) continue;
      if (before === UNKNOWN_BEFORE) return undefined;
      if (before === NONE_BEFORE) states.delete(key);
      else states.set(key, this.eventOf(change)?.previous ?? before);
    }
    return states;
  }
}

/** A copy without the text that `text` was cut from, which would be kept alive with it. */
function flat(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

function revisionBefore({ previous, previousKnown }: CacheEvent): number {
  if (previous !== undefined) return Number(previous.metadata.resourceVersion) || UNKNOWN_BEFORE;
  return previousKnown ? NONE_BEFORE : UNKNOWN_BEFORE;
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
