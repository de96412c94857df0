import { apiVersionOf, type KindRef } from "../api/meta/kind.ts";
import type { KubeObject } from "../api/meta/object.ts";
import { CachedInformer, type CachedInformerOptions } from "./cached-informer.ts";
import { Reflector, type ReflectorWorld } from "./reflector.ts";
import type { Informer, Informers } from "./types.ts";

/** Informers over a client: one list and one watch a kind, shared by all who ask for it. */
export function createInformers(world: ReflectorWorld & CachedInformerOptions): Informers {
  return new RunningInformers(world);
}

class RunningInformers implements Informers {
  readonly #world: ReflectorWorld & CachedInformerOptions;
  readonly #stop = new AbortController();
  readonly #informers = new Map<string, CachedInformer<KubeObject>>();
  readonly #loops: Promise<void>[] = [];

  constructor(world: ReflectorWorld & CachedInformerOptions) {
    this.#world = world;
  }

  of<T extends KubeObject>(kind: KindRef<T>): Informer<T> {
    const id = `${apiVersionOf(kind)}/${kind.plural}`;
    const known = this.#informers.get(id);
    if (known !== undefined) return known as unknown as Informer<T>; // the id stands for the type
    this.#stop.signal.throwIfAborted();
    const informer = new CachedInformer<T>(kind, this.#world);
    this.#informers.set(id, informer as unknown as CachedInformer<KubeObject>);
    this.#loops.push(new Reflector(kind, this.#world, informer).run(this.#stop.signal));
    return informer;
  }

  async synced(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.synced));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new DOMException("the informers were disposed", "AbortError");
    this.#stop.abort(reason);
    await Promise.all(this.#loops);
    for (const informer of this.#informers.values()) informer.close(reason);
  }
}
