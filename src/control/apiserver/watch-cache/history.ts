import type { KubeObject } from "../../../api/meta/object.ts";
import type { Store } from "../store/contract.ts";
import type { CacheEvent } from "./kind-cache.ts";
import { decodeStored } from "./stored-object.ts";

/** Where to find the state before a change. */
export const NONE_BEFORE = 0;
export const UNKNOWN_BEFORE = -1;

/** One change of the past: whole while it is recent, later only where to find its states in the store. */
export interface PastChange {
  readonly type: CacheEvent["type"];
  readonly revision: number;
  readonly key: string;
  /** Revision of the state before, `NONE_BEFORE` or `UNKNOWN_BEFORE`. */
  readonly before: number;
  event: CacheEvent | undefined;
}

/** States of objects by their revision. */
export type States = ReadonlyMap<number, KubeObject>;

/**
 * The whole events of the latest changes of all kinds, within one limit. What falls out of it is read from the store's log
 * when somebody asks for it.
 */
export class RecentEvents {
  readonly #maxWeight: number;
  readonly #store: Pick<Store, "at">;
  #changes: PastChange[] = [];
  #first = 0;
  #weight = 0;

  /** `maxWeight` is in UTF-16 units of the objects' texts. */
  constructor(maxWeight: number, store: Pick<Store, "at">) {
    this.#maxWeight = maxWeight;
    this.#store = store;
  }

  add(change: PastChange): void {
    this.#changes.push(change);
    this.#weight += change.event?.weight ?? 0;
    while (this.#weight > this.#maxWeight) this.#dropOldest();
    if (this.#first <= 1024 || this.#first <= this.#changes.length / 2) return;
    this.#changes = this.#changes.slice(this.#first);
    this.#first = 0;
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
    const change = this.#changes[this.#first++];
    if (change?.event === undefined) return;
    this.#weight -= change.event.weight;
    change.event = undefined;
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
