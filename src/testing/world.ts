import type { ControllerDeps } from "../control/controller/deps.ts";
import type { Recorder } from "../control/controller/recorder.ts";
import { CachedInformer } from "../client/cached-informer.ts";
import { withFaults, type Interceptor } from "../client/faults.ts";
import type { Client, Informer, Informers } from "../client/types.ts";
import { apiVersionOf, type KindRef } from "../api/meta/kind.ts";
import type { KubeObject, ObjectKey } from "../api/meta/object.ts";
import { seededRandom, type Random } from "../std/random.ts";
import { silentLogger } from "../std/logger.ts";
import { ManualClock } from "./clock.ts";
import { WorldStore, type StoredEvent } from "./world-store.ts";
import { worldClient, type Write } from "./world-client.ts";

export type { Write };

export interface WorldOptions {
  /** Objects with apiVersion and kind. What the server would fill in is filled in. */
  readonly objects?: readonly KubeObject[];
  /** Epoch milliseconds at which the clock stands. */
  readonly now?: number;
  /** Before each call of the client. */
  readonly faults?: readonly Interceptor[];
}

/**
 * An API server in memory, good enough for reconcilers: it keeps objects, versions, generations, finalizers and
 * status subresources, and writes down what is done to it. It validates and defaults nothing.
 */
export class World implements ControllerDeps {
  readonly clock: ManualClock;
  readonly random: Random = seededRandom(1);
  readonly logger = silentLogger;
  readonly client: Client;
  readonly informers: Informers;
  /** What was written, in order. */
  readonly writes: Write[] = [];
  /** What recorders were told: `Normal Reason Message`. */
  readonly events: string[] = [];
  readonly #store: WorldStore;
  readonly #informers = new Map<string, CachedInformer<KubeObject>>();
  /** Changes that the informers have not seen yet; undefined while they follow at once. */
  #held: StoredEvent[] | undefined;

  constructor({ objects = [], now, faults = [] }: WorldOptions = {}) {
    this.clock = new ManualClock(now);
    this.#store = new WorldStore(this.clock, (event) => this.#follow(event));
    for (const object of objects) this.#store.seed(object);
    this.client = withFaults(worldClient(this.#store, this.writes), ...faults);
    this.informers = {
      of: <T extends KubeObject>(kind: KindRef<T>) => this.#informer(kind),
      synced: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  recorder(_component: string): Recorder {
    return { record: ({ type, reason, message }) => void this.events.push(`${type} ${reason} ${message}`) };
  }

  /** The object as the server has it. */
  get<T extends KubeObject>(kind: KindRef<T>, key: ObjectKey): T | undefined {
    return this.#store.get(kind, key);
  }

  list<T extends KubeObject>(kind: KindRef<T>): readonly T[] {
    return this.#store.list(kind);
  }

  /** Puts an object in as somebody else would, without recording it. */
  put(object: KubeObject): void {
    this.#store.seed(object);
  }

  /** Takes an object out as somebody else would, finalizers or not. */
  remove(kind: KindRef, key: ObjectKey): void {
    this.#store.remove(kind, key);
  }

  /** From here on informers see nothing, as when a watch lags. `releaseInformers` lets them catch up. */
  holdInformers(): void {
    this.#held ??= [];
  }

  releaseInformers(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.#follow(event);
  }

  #informer<T extends KubeObject>(kind: KindRef<T>): Informer<T> {
    const id = `${apiVersionOf(kind)}/${kind.kind}`;
    const known = this.#informers.get(id);
    if (known !== undefined) return known as unknown as Informer<T>;
    const informer = new CachedInformer<T>(kind, this);
    informer.replace(this.#store.list(kind));
    this.#informers.set(id, informer as unknown as CachedInformer<KubeObject>);
    return informer;
  }

  #follow(event: StoredEvent): void {
    if (this.#held !== undefined) this.#held.push(event);
    else this.#informers.get(event.kindId)?.apply({ type: event.type, object: event.object });
  }
}
