import type { KindRef } from "../api/meta/kind.ts";
import { formatKey, keyOf, type KubeObject, type ObjectKey } from "../api/meta/object.ts";
import { deepFreeze } from "../std/json.ts";
import type { Logger } from "../std/logger.ts";
import { ObjectIndex } from "./object-index.ts";
import type { Change, Informer, WatchEvent } from "./types.ts";

type Listener<T> = (change: Change<T>) => void;

/**
 * The cache behind one informer.
 *
 * - I1 a listener that throws harms neither the cache nor other listeners.
 * - I2 the cache shows a change before any listener hears of it.
 * - I3 an object that was replaced while nobody looked (another uid) is told as deleted, then added.
 * - I4 objects are frozen and without managedFields, which nobody here reads and which is half of their size.
 */
export class CachedInformer<T extends KubeObject> implements Informer<T> {
  readonly kind: KindRef<T>;
  readonly synced: Promise<void>;
  readonly #logger: Logger;
  readonly #index = new ObjectIndex<T>();
  readonly #listeners = new Set<{ readonly listener: Listener<T> }>();
  readonly #sync = Promise.withResolvers<void>();

  constructor(kind: KindRef<T>, logger: Logger) {
    this.kind = kind;
    this.#logger = logger;
    this.synced = this.#sync.promise;
    this.synced.catch(() => {}); // who waits sees the rejection; nobody has to wait
  }

  get(key: ObjectKey): T | undefined {
    return this.#index.get(key);
  }

  list(namespace?: string): readonly T[] {
    return this.#index.list(namespace);
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#index.byIndex(index, value);
  }

  addIndex(name: string, values: (object: T) => readonly string[]): void {
    this.#index.addIndex(name, values);
  }

  subscribe(listener: Listener<T>): Disposable {
    const subscription = { listener };
    for (const object of this.#index.list()) this.#tell(listener, { type: "added", object });
    this.#listeners.add(subscription);
    return { [Symbol.dispose]: () => void this.#listeners.delete(subscription) };
  }

  /** Takes a whole list in and tells the difference. */
  replace(items: readonly T[]): void {
    const present = new Set<string>();
    for (const item of items) {
      present.add(formatKey(keyOf(item)));
      this.#put(item);
    }
    for (const key of this.#index.keys()) if (!present.has(key)) this.#remove(key);
    this.#sync.resolve();
  }

  apply(event: WatchEvent<T>): void {
    if (event.type === "DELETED") this.#remove(formatKey(keyOf(event.object)), event.object);
    else if (event.type !== "BOOKMARK") this.#put(event.object);
  }

  /** No list will ever come. */
  close(reason: unknown): void {
    this.#listeners.clear();
    this.#sync.reject(reason);
  }

  #put(raw: T): void {
    const object = settle(raw);
    const known = this.#index.get(keyOf(object));
    if (known !== undefined && known.metadata.resourceVersion === object.metadata.resourceVersion) return;
    if (known !== undefined && known.metadata.uid !== object.metadata.uid) this.#remove(formatKey(keyOf(known))); // I3
    const old = this.#index.set(object);
    this.#publish(old === undefined ? { type: "added", object } : { type: "updated", object, old });
  }

  #remove(key: string, last?: T): void {
    const old = this.#index.delete(key);
    if (old !== undefined) this.#publish({ type: "deleted", object: last === undefined ? old : settle(last) });
  }

  #publish(change: Change<T>): void {
    for (const { listener } of Array.from(this.#listeners)) this.#tell(listener, change); // I2; who joins meanwhile knows already
  }

  #tell(listener: Listener<T>, change: Change<T>): void {
    try {
      listener(change);
    } catch (error) {
      this.#logger.error("informer listener failed", { kind: this.kind.kind, key: formatKey(keyOf(change.object)), error }); // I1
    }
  }
}

/** Objects of a server in this thread, as every informer shows them. */
const stripped = new WeakMap<KubeObject, KubeObject>();

/** I4 */
function settle<T extends KubeObject>(object: T): T {
  if (!Object.isFrozen(object)) return deepFreeze(withoutManagedFields(object));
  if (object.metadata.managedFields === undefined) return object;
  const known = stripped.get(object) as T | undefined;
  if (known !== undefined) return known;
  const made = withoutManagedFields(object);
  Object.freeze(made.metadata);
  stripped.set(object, Object.freeze(made));
  return made;
}

/** A copy, because an object that a member was deleted from takes three times the memory. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}
