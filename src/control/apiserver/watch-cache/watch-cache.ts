import type { KindRef } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { Store, StoredValue, StoreEvent, WatchResult } from "../store/contract.ts";
import { NONE_BEFORE, UNKNOWN_BEFORE } from "./change-log.ts";
import { RecentEvents } from "./history.ts";
import { KindCache, type CacheEvent, type HistoryOptions } from "./kind-cache.ts";
import { decodeStored, withRevision } from "./stored-object.ts";

export interface WatchCacheOptions {
  /** Changes of a kind that are remembered. */
  readonly maxChanges: number;
  /** Text of the latest changes that are held as events, all kinds together, in UTF-16 units. */
  readonly maxWeight: number;
  /** How many revisions of history are read from the store at start. */
  readonly startHistory: number;
}

export const DEFAULT_CACHE_OPTIONS: WatchCacheOptions = { maxChanges: 10_000, maxWeight: 1024 * 1024, startHistory: 5_000 };

type ResourceRef = Pick<KindRef, "group" | "plural">;

/** Where the objects of one resource live in the store, e.g. `/apps/deployments/`. */
export function storePrefix(kind: ResourceRef): string {
  return `/${kind.group === "" ? "core" : kind.group}/${kind.plural}/`;
}

/**
 * Every object of the API in memory, parsed once and frozen, following the store.
 *
 * - I1 events are applied in revision order; `revision` is the last applied one;
 * - I2 whoever waits for a revision resumes after all listeners saw it.
 */
export class WatchCache implements Disposable {
  readonly #kinds = new Map<string, KindCache>();
  readonly #waiters: { readonly revision: number; readonly resolve: () => void }[] = [];
  /** Objects on their way through the store: their event needs no parsing. */
  readonly #pending = new Map<string, { readonly text: string; readonly object: KubeObject }>();
  /** Revisions of the last known states while history from before the start is replayed. */
  readonly #past = new Map<string, number>();
  readonly #store: Store;
  readonly #history: HistoryOptions;
  #loaded = 0;
  #oldest = 0;
  #revision = 0;
  #forgotten = 0;
  #watch: Disposable | undefined;

  private constructor(store: Store, { maxChanges, maxWeight }: WatchCacheOptions) {
    this.#store = store;
    this.#history = { maxChanges, recent: new RecentEvents(maxWeight, store) };
  }

  static async start(store: Store, options: WatchCacheOptions = DEFAULT_CACHE_OPTIONS): Promise<WatchCache> {
    const cache = new WatchCache(store, options);
    const { revision, values } = await store.list("/");
    const oldest = Math.max(0, revision - options.startHistory);
    cache.#load({ revision, values, oldest });
    await cache.#follow(store, oldest);
    return cache;
  }

  /** The last applied revision. */
  get revision(): number {
    return this.#revision;
  }

  of(kind: ResourceRef): KindCache {
    return this.#cache(storePrefix(kind));
  }

  /** Resolves once `revision` is applied. */
  reached(revision: number): Promise<void> | undefined {
    if (this.#revision >= revision) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ revision, resolve });
    return promise;
  }

  /** Announces a write, so that its event is not parsed again. Forgets it when the write fails. */
  expect(storeKey: string, text: string, object: KubeObject): Disposable {
    const pending = { text, object };
    this.#pending.set(storeKey, pending);
    return {
      [Symbol.dispose]: () => {
        if (this.#pending.get(storeKey) === pending) this.#pending.delete(storeKey);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#watch?.[Symbol.dispose]();
  }

  #cache(prefix: string): KindCache {
    const known = this.#kinds.get(prefix);
    if (known !== undefined) return known;
    const created = new KindCache(this.#history, this.#oldest);
    this.#kinds.set(prefix, created);
    return created;
  }

  #load({ revision, values, oldest }: { revision: number; values: readonly StoredValue[]; oldest: number }): void {
    this.#loaded = revision;
    this.#revision = revision;
    this.#oldest = oldest;
    for (const [prefix, group] of Map.groupBy(values, (value) => split(value.key).prefix)) {
      const entries = group.map((value) => ({ key: split(value.key).key, object: decodeStored(value.value, value.revision) }));
      this.#cache(prefix).load(entries);
    }
  }

  async #follow(store: Store, from: number): Promise<void> {
    const listener = (batch: readonly StoreEvent[]) => this.#apply(batch);
    let result: WatchResult = await store.watch("/", from, listener);
    if (result.kind === "compacted") {
      this.#restart(Math.max(result.oldest, from));
      result = await store.watch("/", this.#oldest, listener);
    }
    if (result.kind === "compacted") throw new Error(`the store compacted its history to ${result.oldest} while the cache started`);
    this.#watch = result.watch;
  }

  /** History is shorter than hoped: the caches, still without events, begin later. */
  #restart(oldest: number): void {
    this.#oldest = Math.min(oldest, this.#loaded);
    for (const [prefix, old] of this.#kinds) {
      const fresh = new KindCache(this.#history, this.#oldest);
      fresh.load(old.keys("").map((key) => ({ key, object: old.get(key) as KubeObject })));
      this.#kinds.set(prefix, fresh);
    }
  }

  #apply(batch: readonly StoreEvent[]): void {
    for (const event of batch) {
      if (event.revision <= this.#loaded) this.#replayPast(event);
      else this.#applyLive(event);
    }
    this.#forget(this.#store.compacted());
    this.#wake();
  }

  /** What the store has forgotten cannot be restored any more. */
  #forget(compacted: number): void {
    if (compacted <= this.#forgotten) return;
    this.#forgotten = compacted;
    for (const kind of this.#kinds.values()) kind.forget(compacted);
  }

  #replayPast(event: StoreEvent): void {
    const { type, revision, key: storeKey } = event;
    const { prefix, key } = split(storeKey);
    const before = typeOf(event) === "ADDED" ? NONE_BEFORE : (this.#past.get(storeKey) ?? UNKNOWN_BEFORE);
    this.#cache(prefix).remember({ type: typeOf(event), revision, key, before });
    if (type === "put") this.#past.set(storeKey, revision);
    else this.#past.delete(storeKey);
  }

  #applyLive(event: StoreEvent): void {
    if (this.#past.size > 0) this.#past.clear();
    const { prefix, key } = split(event.key);
    const cache = this.#cache(prefix);
    const previous = cache.get(key);
    const object = this.#take(event);
    this.#revision = event.revision; // I1
    const { revision, value } = event;
    cache.apply({ type: typeOf(event), revision, key, object, previous, previousKnown: true, weight: value.length });
  }

  #take(event: StoreEvent): KubeObject {
    const pending = this.#pending.get(event.key);
    if (pending === undefined || pending.text !== event.value) return decodeStored(event.value, event.revision);
    this.#pending.delete(event.key);
    return withRevision(pending.object, event.revision);
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    const waiting = this.#waiters.splice(0);
    for (const waiter of waiting) {
      if (waiter.revision <= this.#revision) waiter.resolve();
      else this.#waiters.push(waiter);
    }
  }
}

function typeOf({ type, createRevision, revision }: StoreEvent): CacheEvent["type"] {
  if (type === "delete") return "DELETED";
  return createRevision === revision ? "ADDED" : "MODIFIED";
}

function split(storeKey: string): { prefix: string; key: string } {
  const end = storeKey.indexOf("/", storeKey.indexOf("/", 1) + 1) + 1;
  return { prefix: storeKey.slice(0, end), key: storeKey.slice(end) };
}
