import { alreadyExists, apiError, notFound } from "../../../api/meta/errors.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import { formatKey, type KubeObject, type ObjectKey } from "../../../api/meta/object.ts";
import type { Durability, Store, WriteRequest, WriteResult } from "../store/contract.ts";
import { encodeStored } from "../watch-cache/stored-object.ts";
import { storePrefix, type WatchCache } from "../watch-cache/watch-cache.ts";

/** What etcd takes by default; larger objects are refused here already. */
const MAX_OBJECT_CHARS = 1_572_864;

export type Changed = { readonly kind: "ok"; readonly object: KubeObject } | { readonly kind: "conflict" } | { readonly kind: "missing" };

/**
 * Objects by kind and key: reads from the watch cache, writes through the store.
 *
 * - I1 a write resolves after the cache has applied it, so that every later read sees it.
 */
export class ResourceStore {
  readonly #store: Store;
  readonly cache: WatchCache;

  constructor(store: Store, cache: WatchCache) {
    this.#store = store;
    this.cache = cache;
  }

  get(kind: KindRef, key: ObjectKey): KubeObject | undefined {
    return this.cache.of(kind).get(formatKey(key));
  }

  /** @throws ApiError 409 AlreadyExists. */
  async create(kind: KindRef, key: ObjectKey, object: KubeObject, durability: Durability): Promise<KubeObject> {
    const value = encode(object);
    const result = await this.#write({ op: "create", key: storeKey(kind, key), durability, value }, object);
    if (result.kind === "exists") throw alreadyExists(kind, key.name);
    return this.#after(result, kind, key, object);
  }

  /** Replaces `old`, unless somebody else did in the meantime. */
  async update(kind: KindRef, old: KubeObject, object: KubeObject, durability: Durability): Promise<Changed> {
    const key = keyFor(kind, old);
    const value = encode(object);
    const result = await this.#write({ op: "update", key: storeKey(kind, key), durability, value, expected: revision(old) }, object);
    if (result.kind === "conflict" || result.kind === "missing") return { kind: result.kind };
    return { kind: "ok", object: this.#after(result, kind, key, object) };
  }

  /** Removes `old`; `last` is the state that watchers are told. */
  async remove(kind: KindRef, old: KubeObject, last: KubeObject, durability: Durability): Promise<Changed> {
    const key = keyFor(kind, old);
    const value = encode(last);
    const result = await this.#write({ op: "delete", key: storeKey(kind, key), durability, value, expected: revision(old) }, last);
    if (result.kind === "conflict" || result.kind === "missing") return { kind: result.kind };
    const deleted = succeed(result, kind, key);
    await this.cache.reached(deleted); // I1
    return { kind: "ok", object: { ...last, metadata: { ...last.metadata, resourceVersion: String(deleted) } } };
  }

  async #write(request: WriteRequest, object: KubeObject): Promise<WriteResult> {
    using _pending = this.cache.expect(request.key, request.value, object);
    const result = await this.#store.write(request);
    if (result.kind === "ok") await this.cache.reached(result.revision); // I1
    return result;
  }

  /** The object as it was written: from the cache, unless a later write replaced it already. */
  #after(result: WriteResult, kind: KindRef, key: ObjectKey, object: KubeObject): KubeObject {
    const written = String(succeed(result, kind, key));
    const cached = this.get(kind, key);
    if (cached?.metadata.resourceVersion === written) return cached;
    return { ...object, metadata: { ...object.metadata, resourceVersion: written } };
  }
}

export function keyFor(kind: KindRef, object: KubeObject): ObjectKey {
  return { namespace: kind.namespaced ? (object.metadata.namespace ?? "") : "", name: object.metadata.name ?? "" };
}

function storeKey(kind: KindRef, key: ObjectKey): string {
  return storePrefix(kind) + formatKey(key);
}

function revision(object: KubeObject): number {
  return Number(object.metadata.resourceVersion);
}

function encode(object: KubeObject): string {
  const text = encodeStored(object);
  if (text.length > MAX_OBJECT_CHARS) throw apiError("RequestEntityTooLarge", `the object is too large: limit is ${MAX_OBJECT_CHARS}`);
  return text;
}

function succeed(result: WriteResult, kind: KindRef, key: ObjectKey): number {
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
