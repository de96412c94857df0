import { formatKey, keyOf, type KubeObject, type ObjectKey } from "../api/meta/object.ts";

const NONE: readonly never[] = [];

/** Objects by key, by namespace and by named indexes. */
export class ObjectIndex<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();

  constructor() {
    this.addIndex(NAMESPACE, (object) => [object.metadata.namespace ?? ""]);
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(formatKey(key));
  }

  list(namespace?: string): readonly T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex(NAMESPACE, namespace);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`there is no index "${name}"`);
    const bucket = index.buckets.get(value);
    if (bucket === undefined) return NONE;
    return bucket instanceof Map ? [...bucket.values()] : [bucket];
  }

  addIndex(name: string, values: (object: T) => readonly string[]): void {
    if (this.#indexes.has(name)) return;
    const index = { values, buckets: new Map<string, Bucket<T>>() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) insert(index, key, object);
  }

  /** Puts the object in and returns what was there. */
  set(object: T): T | undefined {
    const key = idOf(object);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) {
      if (old !== undefined) remove(index, key, old);
      insert(index, key, object);
    }
    return old;
  }

  /** Takes the object out and returns it. */
  delete(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (old === undefined) return undefined;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) remove(index, key, old);
    return old;
  }
}

/** No user index can have this name by accident. */
const NAMESPACE = "\0namespace";

/** Most index values have one object, and a map of one is ten times its size. */
type Bucket<T> = T | Map<string, T>;

interface Index<T> {
  readonly values: (object: T) => readonly string[];
  readonly buckets: Map<string, Bucket<T>>;
}

function insert<T extends KubeObject>({ values, buckets }: Index<T>, key: string, object: T): void {
  for (const value of values(object)) {
    const bucket = buckets.get(value);
    if (bucket instanceof Map) bucket.set(key, object);
    else if (bucket === undefined || idOf(bucket) === key) buckets.set(value, object);
    else
      buckets.set(
        value,
        new Map([
          [idOf(bucket), bucket],
          [key, object],
        ]),
      );
  }
}

function remove<T extends KubeObject>({ values, buckets }: Index<T>, key: string, object: T): void {
  for (const value of values(object)) {
    const bucket = buckets.get(value);
    if (bucket instanceof Map) bucket.delete(key);
    const isEmpty = bucket instanceof Map ? bucket.size === 0 : bucket !== undefined && idOf(bucket) === key;
    if (isEmpty) buckets.delete(value);
  }
}

function idOf(object: KubeObject): string {
  return formatKey(keyOf(object));
}
