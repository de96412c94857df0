import type { KubeObject, ObjectKey } from "../api/meta/object.ts";

const NONE: readonly never[] = [];

/** Objects by namespace and name, and by named indexes. */
export class ObjectIndex<T extends KubeObject> {
  /** Two levels, because a text of both parts for each object would be as large as the rest of its entry. */
  readonly #namespaces = new Map<string, Map<string, T>>();
  readonly #indexes = new Map<string, Index<T>>();

  get({ namespace, name }: ObjectKey): T | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  list(namespace?: string): readonly T[] {
    if (namespace !== undefined) return [...(this.#namespaces.get(namespace)?.values() ?? NONE)];
    return [...this.#namespaces.values()].flatMap((objects) => [...objects.values()]);
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`there is no index "${name}"`);
    const bucket = index.buckets.get(value);
    if (bucket === undefined) return NONE;
    return bucket instanceof Set ? [...bucket] : [bucket];
  }

  addIndex(name: string, values: (object: T) => readonly string[]): void {
    if (this.#indexes.has(name)) return;
    const index = { values, buckets: new Map<string, Bucket<T>>() };
    this.#indexes.set(name, index);
    for (const object of this.list()) insert(index, object);
  }

  /** Puts the object in and returns what was there. */
  set(object: T): T | undefined {
    const { namespace = "", name = "" } = object.metadata;
    const objects = this.#namespaces.get(namespace) ?? new Map<string, T>();
    const old = objects.get(name);
    objects.set(name, object);
    this.#namespaces.set(namespace, objects);
    for (const index of this.#indexes.values()) {
      if (old !== undefined) remove(index, old);
      insert(index, object);
    }
    return old;
  }

  /** Takes the object out and returns it. */
  delete({ namespace, name }: ObjectKey): T | undefined {
    const objects = this.#namespaces.get(namespace);
    const old = objects?.get(name);
    if (objects === undefined || old === undefined) return undefined;
    objects.delete(name);
    if (objects.size === 0) this.#namespaces.delete(namespace);
    for (const index of this.#indexes.values()) remove(index, old);
    return old;
  }
}

/** Most index values have one object, and a set of one is ten times its size. */
type Bucket<T> = T | Set<T>;

interface Index<T> {
  readonly values: (object: T) => readonly string[];
  readonly buckets: Map<string, Bucket<T>>;
}

function insert<T extends KubeObject>({ values, buckets }: Index<T>, object: T): void {
  for (const value of values(object)) {
    const bucket = buckets.get(value);
    if (bucket instanceof Set) bucket.add(object);
    else if (bucket === undefined) buckets.set(value, object);
    else if (bucket !== object) buckets.set(value, new Set([bucket, object]));
  }
}

/** `object` is the very one that was inserted. */
function remove<T extends KubeObject>({ values, buckets }: Index<T>, object: T): void {
  for (const value of values(object)) {
    const bucket = buckets.get(value);
    if (bucket instanceof Set) bucket.delete(object);
    if (bucket === object || (bucket instanceof Set && bucket.size === 0)) buckets.delete(value);
  }
}
