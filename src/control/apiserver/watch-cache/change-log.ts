import type { CacheEvent } from "./kind-cache.ts";

/** Where to find the state before a change. */
export const NONE_BEFORE = 0;
export const UNKNOWN_BEFORE = -1;

/** One change of the past: where to find its states in the store. */
export interface PastChange {
  readonly type: CacheEvent["type"];
  readonly revision: number;
  readonly key: string;
  /** Revision of the state before, `NONE_BEFORE` or `UNKNOWN_BEFORE`. */
  readonly before: number;
}

const TYPES = ["ADDED", "MODIFIED", "DELETED"] as const satisfies readonly CacheEvent["type"][];
/** Forgotten changes are cut off when there are this many and as many as are left. */
const CUT = 256;

/**
 * The latest changes in revision order. There are thousands, so they are kept as columns: an object for each would take three
 * times the memory.
 */
export class ChangeLog {
  /** Each with the number of its type in the last digit of base 4. */
  #revisions: number[] = [];
  #befores: number[] = [];
  #keys: string[] = [];
  #first = 0;

  get length(): number {
    return this.#revisions.length - this.#first;
  }

  /** Revision of the earliest change. */
  get oldest(): number | undefined {
    return this.length === 0 ? undefined : this.#revisionAt(this.#first);
  }

  push({ type, revision, key, before }: PastChange): void {
    this.#revisions.push(revision * 4 + TYPES.indexOf(type));
    this.#befores.push(before);
    this.#keys.push(key);
  }

  /** Drops the earliest change. */
  shift(): void {
    if (this.length === 0) return;
    this.#first += 1;
    if (this.#first < CUT || this.#first < this.#revisions.length / 2) return;
    this.#revisions = this.#revisions.slice(this.#first);
    this.#befores = this.#befores.slice(this.#first);
    this.#keys = this.#keys.slice(this.#first);
    this.#first = 0;
  }

  /** Changes after `revision`. */
  since(revision: number): PastChange[] {
    let low = this.#first;
    let high = this.#revisions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#revisionAt(middle) > revision) high = middle;
      else low = middle + 1;
    }
    return Array.from({ length: this.#revisions.length - low }, (_, offset) => this.#at(low + offset));
  }

  #at(index: number): PastChange {
    const type = TYPES[(this.#revisions[index] as number) % 4] as CacheEvent["type"];
    return { type, revision: this.#revisionAt(index), key: this.#keys[index] as string, before: this.#befores[index] as number };
  }

  #revisionAt(index: number): number {
    return Math.floor((this.#revisions[index] as number) / 4);
  }
}
