import { apiVersionOf, type KindRef } from "../../api/meta/kind.ts";
import { formatKey, keyOf, parseKey, type KubeObject, type ObjectKey } from "../../api/meta/object.ts";
import type { Change, Informers } from "../../client/types.ts";
import type { Timing } from "./sources.ts";
import type { Enqueue, Source } from "./types.ts";

/** An object that somebody's state depends on, whether it exists yet or not. */
export interface Reference {
  readonly kind: KindRef;
  readonly key: ObjectKey;
}

/**
 * Wakes a key when an object that it referred to changes, comes or goes. A reconcile names all its references each
 * time; those it no longer names are forgotten.
 */
export class Tracker implements Source {
  readonly #informers: Informers;
  readonly #watchersOf = new Map<string, Set<string>>();
  readonly #referencesOf = new Map<string, readonly string[]>();
  readonly #subscriptions = new Map<string, Disposable>();
  readonly #timing: Timing<KubeObject>;
  #enqueue: Enqueue | undefined;

  /** `timing`: how long news of a reference may wait; default: not at all. */
  constructor(informers: Informers, timing: Timing<KubeObject> = () => 0) {
    this.#informers = informers;
    this.#timing = timing;
  }

  start(enqueue: Enqueue): Disposable {
    this.#enqueue = enqueue;
    return {
      [Symbol.dispose]: () => {
        this.#enqueue = undefined;
        for (const subscription of this.#subscriptions.values()) subscription[Symbol.dispose]();
        this.#subscriptions.clear();
      },
    };
  }

  /** From now on `watcher` depends on exactly these. */
  track(watcher: ObjectKey, references: readonly Reference[]): void {
    const text = formatKey(watcher);
    const ids = references.map(({ kind, key }) => idOf(kind, key));
    for (const id of this.#referencesOf.get(text) ?? []) if (!ids.includes(id)) this.#leave(id, text);
    for (const id of ids) this.#join(id, text);
    if (ids.length === 0) this.#referencesOf.delete(text);
    else this.#referencesOf.set(text, ids);
    for (const { kind } of references) this.#follow(kind);
  }

  /** `watcher` is gone. */
  forget(watcher: ObjectKey): void {
    this.track(watcher, []);
  }

  #join(id: string, watcher: string): void {
    const watchers = this.#watchersOf.get(id);
    if (watchers === undefined) this.#watchersOf.set(id, new Set([watcher]));
    else watchers.add(watcher);
  }

  #leave(id: string, watcher: string): void {
    const watchers = this.#watchersOf.get(id);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchersOf.delete(id);
  }

  #follow(kind: KindRef): void {
    const id = `${apiVersionOf(kind)}/${kind.kind}`;
    if (this.#subscriptions.has(id)) return;
    const subscription = this.#informers.of(kind).subscribe((change) => this.#changed(kind, change));
    this.#subscriptions.set(id, subscription);
  }

  #changed(kind: KindRef, change: Change<KubeObject>): void {
    const watchers = this.#watchersOf.get(idOf(kind, keyOf(change.object)));
    if (watchers === undefined) return;
    const afterMs = this.#timing(change);
    for (const watcher of watchers) this.#enqueue?.(parseKey(watcher), afterMs);
  }
}

function idOf(kind: KindRef, key: ObjectKey): string {
  return `${apiVersionOf(kind)}/${kind.kind} ${formatKey(key)}`;
}
