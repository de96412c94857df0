import type { KubeObject } from "../../../api/meta/object.ts";
import { isRecord } from "../../../std/json.ts";

/** Longer ones are rarely equal. */
const MAX_STRING_LENGTH = 200;
const STRINGS = 4096;
const FIELD_SETS = 1024;
const NO_FIELDS = Object.freeze({});

type FieldSet = Readonly<Record<string, unknown>>;

/**
 * Makes objects share what is equal in them. The managed fields of objects of one kind are the same but for a few names, and
 * are most of an object's nodes; names, times, versions and labels are most of its text.
 *
 * - P1 a settled object is frozen all the way down and equal to what came in;
 * - P2 the pool holds a limited number of values, those that were met last.
 */
export class ValuePool {
  readonly #strings = new Recent<string>(STRINGS);
  readonly #fieldSets = new Recent<FieldSet>(FIELD_SETS);
  /** Whole field sets that came from here: they need not be looked up again. */
  readonly #settled = new WeakSet<FieldSet>();

  /** Freezes the object; what was not frozen may have had values replaced by equal ones. P1 */
  settle(object: KubeObject): KubeObject {
    for (const entry of object.metadata.managedFields ?? []) {
      const fields = entry.fieldsV1;
      if (!isRecord(fields) || Object.isFrozen(entry) || this.#settled.has(fields)) continue;
      const shared = this.#fieldSet(fields);
      this.#settled.add(shared);
      Object.assign(entry, { fieldsV1: shared });
    }
    return this.#value(object);
  }

  #value<T>(value: T): T {
    if (typeof value === "string") return this.#string(value) as T;
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
    const members = value as Record<string, unknown>; // an array's too
    for (const key of Object.keys(members)) members[key] = this.#value(members[key]);
    return Object.freeze(value);
  }

  #string(text: string): string {
    return text.length > MAX_STRING_LENGTH ? text : (this.#strings.get(text) ?? this.#strings.put(text, text));
  }

  #fieldSet(fields: FieldSet): FieldSet {
    const text = JSON.stringify(fields);
    if (text === "{}") return NO_FIELDS;
    const known = this.#fieldSets.get(text);
    if (known !== undefined) return known;
    const parts = Object.entries(fields).map(([name, part]) => [name, isRecord(part) ? this.#fieldSet(part) : this.#value(part)] as const);
    return this.#fieldSets.put(text, Object.freeze(Object.fromEntries(parts)));
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
