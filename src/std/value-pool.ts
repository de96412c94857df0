/** Longer ones are rarely equal. */
const MAX_STRING_LENGTH = 200;
const MAX_VALUE_LENGTH = 1000;

export interface PoolLimits {
  readonly strings: number;
  /** Objects and arrays. */
  readonly values: number;
}

/**
 * Makes objects share what is equal in them.
 *
 * - P1 a settled object is frozen all the way down and equal to what came in;
 * - P2 the pool holds a limited number of values, those that were met last.
 */
export class ValuePool {
  readonly #strings: Recent<string>;
  /** By their text. */
  readonly #values: Recent<object>;

  constructor({ strings, values }: PoolLimits) {
    this.#strings = new Recent(strings);
    this.#values = new Recent(values);
  }

  /**
   * Freezes the object; what was not frozen may have had values replaced by equal ones. P1. The object, which is JSON, and
   * those of its members that `unique` names are like no other: what is in them is shared.
   */
  settle<T extends object>(object: T, unique: readonly (keyof T)[] = []): T {
    for (const name of unique) {
      const member = object[name];
      if (typeof member === "object" && member !== null && !Object.isFrozen(member)) this.#settleMembers(member);
    }
    return this.#settleMembers(object);
  }

  #settleMembers<T extends object>(value: T): T {
    const members = value as Record<string, unknown>; // an array's too
    for (const key of Object.keys(members)) members[key] = this.#settled(members[key]);
    return Object.freeze(value);
  }

  #settled(value: unknown): unknown {
    if (typeof value === "string") return this.#string(value);
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
    const text = JSON.stringify(value);
    if (text.length > MAX_VALUE_LENGTH) return this.#settleMembers(value);
    return this.#values.get(text) ?? this.#values.put(text, this.#settleMembers(value));
  }

  #string(text: string): string {
    return text.length > MAX_STRING_LENGTH ? text : (this.#strings.get(text) ?? this.#strings.put(text, text));
  }
}

/** The values that were used last: at least `size` of them, at most twice as many. P2 */
class Recent<T> {
  readonly #size: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): T | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    return old === undefined ? undefined : this.put(key, old);
  }

  put(key: string, value: T): T {
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}
