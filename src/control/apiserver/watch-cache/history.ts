import type { KubeObject } from "../../../api/meta/object.ts";
import type { Store } from "../store/contract.ts";
import { NONE_BEFORE, type PastChange } from "./change-log.ts";
import type { CacheEvent } from "./kind-cache.ts";
import { decodeStored } from "./stored-object.ts";

/** In place of events that are not held any more, until the list is cut. */
const DROPPED: CacheEvent = {
  type: "DELETED",
  revision: -1,
  key: "",
  object: { metadata: {} },
  previous: undefined,
  previousKnown: false,
  weight: 0,
};

/** States of objects by their revision. */
export type States = ReadonlyMap<number, KubeObject>;

/**
 * The whole events of the latest changes of all kinds, within one limit. What falls out of it is read from the store's log
 * when somebody asks for it.
 */
export class RecentEvents {
  readonly #maxWeight: number;
  readonly #store: Pick<Store, "at">;
  /** In revision order. */
  #events: CacheEvent[] = [];
  #first = 0;
  #weight = 0;

  /** `maxWeight` is in UTF-16 units of the objects' texts. */
  constructor(maxWeight: number, store: Pick<Store, "at">) {
    this.#maxWeight = maxWeight;
    this.#store = store;
  }

  add(event: CacheEvent): void {
    this.#events.push(event);
    this.#weight += event.weight;
    while (this.#weight > this.#maxWeight) this.#dropOldest();
    if (this.#first <= 1024 || this.#first <= this.#events.length / 2) return;
    this.#events = this.#events.slice(this.#first);
    this.#first = 0;
  }

  /** The event of `revision`, if it is still held. */
  at(revision: number): CacheEvent | undefined {
    let low = this.#first;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle] as CacheEvent).revision < revision) low = middle + 1;
      else high = middle;
    }
    const found = this.#events[low];
    return found?.revision === revision ? found : undefined;
  }

  /** The states at these revisions, as far as the store still has them. */
  async states(revisions: ReadonlySet<number>): Promise<States> {
    const wanted = [...revisions];
    const texts = wanted.length === 0 ? [] : await this.#store.at(wanted);
    const found = new Map<number, KubeObject>();
    for (const [index, revision] of wanted.entries()) {
      const text = texts[index];
      if (text !== undefined) found.set(revision, decodeStored(text, revision));
    }
    return found;
  }

  #dropOldest(): void {
    const event = this.#events[this.#first];
    if (event === undefined) return;
    this.#events[this.#first] = DROPPED;
    this.#first += 1;
    this.#weight -= event.weight;
  }
}

/** The event of `change`, whose states are in `states`; undefined when the store has forgotten it. */
export function restored(change: PastChange, states: States): CacheEvent | undefined {
  const { type, revision, key, before } = change;
  const object = states.get(revision);
  if (object === undefined) return undefined;
  const previous = states.get(before);
  return { type, revision, key, object, previous, previousKnown: previous !== undefined || before === NONE_BEFORE, weight: 0 };
}
