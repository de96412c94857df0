import type { KubeObject } from "../../../api/meta/object.ts";
import type { PastChange } from "./change-log.ts";
import type { CacheEvent, CacheListener, KindView } from "./kind-cache.ts";
import { withRevision } from "./stored-object.ts";

/**
 * The objects of one kind as another kind shows them. Each stored object and each event is converted once, for as long
 * as somebody holds it, so that the same object is also the same value here.
 */
export class ConvertedView implements KindView {
  readonly #stored: KindView;
  readonly #convert: (stored: KubeObject) => KubeObject;
  readonly #objects = new WeakMap<KubeObject, KubeObject>();
  readonly #events = new WeakMap<CacheEvent, CacheEvent>();

  constructor(stored: KindView, convert: (stored: KubeObject) => KubeObject) {
    this.#stored = stored;
    this.#convert = convert;
  }

  get oldest(): number {
    return this.#stored.oldest;
  }

  get(key: string): KubeObject | undefined {
    const stored = this.#stored.get(key);
    return stored && this.#shown(stored);
  }

  keys(prefix: string): readonly string[] {
    return this.#stored.keys(prefix);
  }

  list(prefix: string): KubeObject[] {
    return this.#stored.list(prefix).map((stored) => this.#shown(stored));
  }

  async listAt(prefix: string, revision: number): Promise<{ key: string; object: KubeObject }[] | undefined> {
    const states = await this.#stored.listAt(prefix, revision);
    return states?.map(({ key, object }) => ({ key, object: this.#shown(object) }));
  }

  since(revision: number): readonly PastChange[] {
    return this.#stored.since(revision);
  }

  eventOf(change: PastChange): CacheEvent | undefined {
    const event = this.#stored.eventOf(change);
    return event && this.#shownEvent(event);
  }

  async restore(changes: readonly PastChange[]): Promise<CacheEvent[]> {
    return (await this.#stored.restore(changes)).map((event) => this.#shownEvent(event));
  }

  subscribe(listener: CacheListener): Disposable {
    return this.#stored.subscribe((event) => listener(this.#shownEvent(event)));
  }

  #shown(stored: KubeObject): KubeObject {
    return remembered(this.#objects, stored, () => withRevision(this.#convert(stored), Number(stored.metadata.resourceVersion)));
  }

  #shownEvent(event: CacheEvent): CacheEvent {
    const { object, previous } = event;
    return remembered(this.#events, event, () => ({
      ...event,
      object: this.#shown(object),
      previous: previous && this.#shown(previous),
    }));
  }
}

function remembered<T extends object>(known: WeakMap<T, T>, key: T, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
