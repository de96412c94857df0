import type { KindRef } from "../api/meta/kind.ts";
import { formatKey, keyOf, type KubeObject, type ObjectKey } from "../api/meta/object.ts";
import { deepFreeze } from "../std/json.ts";
import type { Logger } from "../std/logger.ts";
import { ObjectIndex } from "./object-index.ts";
import type { Change, Informer, WatchEvent } from "./types.ts";

type Listener<T> = (change: Change<T>) => void;

/** What is kept of an object that came as text: a part of it, or a copy of one, that has its name, uid and version. */
export type Project = <T extends KubeObject>(kind: KindRef<T>, object: T) => T;

export interface CachedInformerOptions {
  readonly logger: Logger;
  /** Default: all but managedFields, which nobody reads and which is half of an object's size. */
  readonly project?: Project;
}

/**
 * The cache behind one informer.
 *
 * - I1 a listener that throws harms neither the cache nor other listeners.
 * - I2 the cache shows a change before any listener hears of it.
 * - I3 an object that was replaced while nobody looked (another uid) is told as deleted, then added.
 * - I4 objects are frozen. Those of a server in this thread are its own, because a copy of less takes more; of others
 *   `project` says what is kept.
 */
export class CachedInformer<T extends KubeObject> implements Informer<T> {
  readonly kind: KindRef<T>;
  readonly synced: Promise<void>;
  readonly #options: CachedInformerOptions;
  readonly #index = new ObjectIndex<T>();
  readonly #listeners = new Set<{ readonly listener: Listener<T> }>();
  readonly #sync = Promise.withResolvers<void>();

  constructor(kind: KindRef<T>, options: CachedInformerOptions) {
    this.kind = kind;
    this.#options = options;
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
    for (const object of this.#index.list()) if (!present.has(formatKey(keyOf(object)))) this.#remove(object);
    this.#sync.resolve();
  }

  apply(event: WatchEvent<T>): void {
    if (event.type === "DELETED") this.#remove(event.object, event.object);
    else if (event.type !== "BOOKMARK") this.#put(event.object);
  }

  /** No list will ever come. */
  close(reason: unknown): void {
    this.#listeners.clear();
    this.#sync.reject(reason);
  }

  #put(raw: T): void {
    const object = this.#settle(raw);
    const known = this.#index.get(keyOf(object));
    if (known !== undefined && known.metadata.resourceVersion === object.metadata.resourceVersion) return;
    if (known !== undefined && known.metadata.uid !== object.metadata.uid) this.#remove(known); // I3
    const old = this.#index.set(object);
    this.#publish(old === undefined ? { type: "added", object } : { type: "updated", object, old });
  }

  #remove(object: T, last?: T): void {
    const old = this.#index.delete(keyOf(object));
    if (old !== undefined) this.#publish({ type: "deleted", object: last === undefined ? old : this.#settle(last) });
  }

  /** I4 */
  #settle(object: T): T {
    if (Object.isFrozen(object)) return object;
    const { project = withoutManagedFields } = this.#options;
    return deepFreeze(project(this.kind, object));
  }

  #publish(change: Change<T>): void {
    for (const { listener } of Array.from(this.#listeners)) this.#tell(listener, change); // I2; who joins meanwhile knows already
  }

  #tell(listener: Listener<T>, change: Change<T>): void {
    try {
      listener(change);
    } catch (error) {
      this.#options.logger.error("informer listener failed", { kind: this.kind.kind, key: formatKey(keyOf(change.object)), error }); // I1
    }
  }
}

/** A copy, because an object that a member was deleted from takes three times the memory. */
function withoutManagedFields<T extends KubeObject>(_kind: KindRef<T>, object: T): T {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}
