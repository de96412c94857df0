import { alreadyExists, apiError, notFound } from "../../../api/meta/errors.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import { formatKey, type KubeObject, type ObjectKey } from "../../../api/meta/object.ts";
import type { Durability, Store, WriteRequest, WriteResult } from "../store/contract.ts";
import { ConvertedView } from "../watch-cache/converted-view.ts";
import type { KindView } from "../watch-cache/kind-cache.ts";
import { encodeStored } from "../watch-cache/stored-object.ts";
import { storePrefix, type WatchCache } from "../watch-cache/watch-cache.ts";

/** What etcd takes by default; larger objects are refused here already. */
const MAX_OBJECT_CHARS = 1_572_864;

/** A write whose value is still an object. */
type Request = WithoutValue<WriteRequest>;
type WithoutValue<T> = T extends unknown ? Omit<T, "value"> : never;

export type Changed = { readonly kind: "ok"; readonly object: KubeObject } | { readonly kind: "conflict" } | { readonly kind: "missing" };

/**
 * Objects by kind and key: reads from the watch cache, writes through the store.
 *
 * - I1 a write resolves after the cache has applied it, so that every later read sees it;
 * - I2 objects of a kind with `storedAs` are stored as that kind and shown as theirs: callers only meet the kind they name.
 */
export class ResourceStore {
  readonly #store: Store;
  readonly cache: WatchCache;
  readonly #converted = new Map<Kind, KindView>();

  constructor(store: Store, cache: WatchCache) {
    this.#store = store;
    this.cache = cache;
  }

  get(kind: Kind, key: ObjectKey): KubeObject | undefined {
    return this.of(kind).get(formatKey(key));
  }

  /** All objects of a kind and their latest changes. */
  of(kind: Kind): KindView {
    const { storedAs } = kind;
    if (storedAs === undefined) return this.cache.of(kind);
    const known = this.#converted.get(kind);
    if (known !== undefined) return known;
    const view = new ConvertedView(this.cache.of(storedAs.kind), (stored) => storedAs.fromStored(stored)); // I2
    this.#converted.set(kind, view);
    return view;
  }

  /** @throws ApiError 409 AlreadyExists. */
  async create(kind: Kind, key: ObjectKey, object: KubeObject, durability: Durability): Promise<KubeObject> {
    const result = await this.#write({ op: "create", key: storeKey(kind, key), durability }, kind, object);
    if (result.kind === "exists") throw alreadyExists(kind, key.name);
    return this.#after(result, kind, key, object);
  }

  /** Replaces `old`, unless somebody else did in the meantime. */
  async update(kind: Kind, old: KubeObject, object: KubeObject, durability: Durability): Promise<Changed> {
    const key = keyFor(kind, old);
    const result = await this.#write({ op: "update", key: storeKey(kind, key), durability, expected: revision(old) }, kind, object);
    if (result.kind === "conflict" || result.kind === "missing") return { kind: result.kind };
    return { kind: "ok", object: this.#after(result, kind, key, object) };
  }

  /** Removes `old`; `last` is the state that watchers are told. */
  async remove(kind: Kind, old: KubeObject, last: KubeObject, durability: Durability): Promise<Changed> {
    const key = keyFor(kind, old);
    const result = await this.#write({ op: "delete", key: storeKey(kind, key), durability, expected: revision(old) }, kind, last);
    if (result.kind === "conflict" || result.kind === "missing") return { kind: result.kind };
    const deleted = succeed(result, kind, key);
    await this.cache.reached(deleted); // I1
    return { kind: "ok", object: { ...last, metadata: { ...last.metadata, resourceVersion: String(deleted) } } };
  }

  async #write(request: Request, kind: Kind, object: KubeObject): Promise<WriteResult> {
    const stored = kind.storedAs?.toStored(object) ?? object; // I2
    const value = encode(stored);
    using _pending = this.cache.expect(request.key, value, stored);
    const result = await this.#store.write({ ...request, value });
    if (result.kind === "ok") await this.cache.reached(result.revision); // I1
    return result;
  }

  /** The object as it was written: from the cache, unless a later write replaced it already. */
  #after(result: WriteResult, kind: Kind, key: ObjectKey, object: KubeObject): KubeObject {
    const written = String(succeed(result, kind, key));
    const cached = this.get(kind, key);
    if (cached?.metadata.resourceVersion === written) return cached;
    return { ...object, metadata: { ...object.metadata, resourceVersion: written } };
  }
}

export function keyFor(kind: Kind, object: KubeObject): ObjectKey {
  return { namespace: kind.namespaced ? (object.metadata.namespace ?? "") : "", name: object.metadata.name ?? "" };
}

function storeKey(kind: Kind, key: ObjectKey): string {
  return storePrefix(kind.storedAs?.kind ?? kind) + formatKey(key);
}

function revision(object: KubeObject): number {
  return Number(object.metadata.resourceVersion);
}

function encode(object: KubeObject): string {
  const text = encodeStored(object);
  if (text.length > MAX_OBJECT_CHARS) throw apiError("RequestEntityTooLarge", `the object is too large: limit is ${MAX_OBJECT_CHARS}`);
  return text;
}

function succeed(result: WriteResult, kind: Kind, key: ObjectKey): number {
  switch (result.kind) {
    case "ok":
      return result.revision;
    case "unavailable":
      throw apiError("ServiceUnavailable", result.message);
    case "exists":
      throw alreadyExists(kind, key.name);
    case "missing":
    case "conflict":
      throw notFound(kind, key.name);
  }
}
