import type { KubeObject } from "../../../api/meta/object.ts";

/** Longer ones are rarely equal. */
const MAX_STRING_LENGTH = 200;
const MAX_VALUE_LENGTH = 1000;
const STRINGS = 4096;
const VALUES = 1024;

/**
 * Makes objects share what is equal in them: names, times and versions; labels, owners, conditions and templates; the managed
 * fields, which are the same in objects of one kind but for a few names.
 *
 * - P1 a settled object is frozen all the way down and equal to what came in;
 * - P2 the pool holds a limited number of values, those that were met last.
 */
export class ValuePool {
  readonly #strings = new Recent<string>(STRINGS);
  /** By their text. */
  readonly #values = new Recent<object>(VALUES);

  /** Freezes the object; what was not frozen may have had values replaced by equal ones. P1 */
  settle(object: KubeObject): KubeObject {
    const { metadata } = object;
    if (!Object.isFrozen(metadata)) this.#settleMembers(metadata);
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
