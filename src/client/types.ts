import type { KindRef } from "../api/meta/kind.ts";
import type { KubeObject, ObjectKey } from "../api/meta/object.ts";

/** The one HTTP type: what the API server is, and what every client speaks through, in process or over a socket. */
export type Transport = (request: Request) => Promise<Response>;

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string;
}

export interface WatchOptions extends ListOptions {
  readonly allowWatchBookmarks?: boolean;
  readonly timeoutSeconds?: number;
}

export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: T;
}

export type Patch =
  | { readonly type: "json"; readonly body: readonly object[] }
  | { readonly type: "merge"; readonly body: object }
  | { readonly type: "strategic"; readonly body: object }
  | { readonly type: "apply"; readonly body: object; readonly force?: boolean };

export interface WriteOptions {
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  readonly subresource?: string;
}

export interface DeleteOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * A typed client over a transport. Every failure answer of the server is thrown as `ApiError`; only a missing object
 * of `get` is a value (undefined). A broken connection rejects with the transport's own error.
 */
export interface Client {
  get<T extends KubeObject>(kind: KindRef<T>, key: ObjectKey): Promise<T | undefined>;
  list<T extends KubeObject>(kind: KindRef<T>, options?: ListOptions): Promise<List<T>>;
  create<T extends KubeObject>(kind: KindRef<T>, object: T, options?: WriteOptions): Promise<T>;
  /** PUT; compares metadata.resourceVersion when the object carries one. */
  update<T extends KubeObject>(kind: KindRef<T>, object: T, options?: WriteOptions): Promise<T>;
  /** PUT to the status subresource. */
  updateStatus<T extends KubeObject>(kind: KindRef<T>, object: T): Promise<T>;
  patch<T extends KubeObject>(kind: KindRef<T>, key: ObjectKey, patch: Patch, options?: WriteOptions): Promise<T>;
  /** Resolves also when the object was gone already: deleting is level-triggered. */
  delete(kind: KindRef, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  /** Events from `resourceVersion` on; ends when the server closes, throws `ApiError` 410 when history is gone. */
  watch<T extends KubeObject>(kind: KindRef<T>, options: WatchOptions, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
}

export type Change<T> =
  | { readonly type: "added"; readonly object: T }
  | { readonly type: "updated"; readonly object: T; readonly old: T }
  | { readonly type: "deleted"; readonly object: T };

/** A read-only, always current view of one kind. Objects are frozen and shared. */
export interface Informer<T extends KubeObject> {
  readonly kind: KindRef<T>;
  get(key: ObjectKey): T | undefined;
  /** All objects, or those of one namespace. */
  list(namespace?: string): readonly T[];
  /** Objects under `value` of an index that was added before. */
  byIndex(index: string, value: string): readonly T[];
  /** `values` gives the index values of an object. Adding the same name twice keeps the first. */
  addIndex(name: string, values: (object: T) => readonly string[]): void;
  /** Called for each change, first as `added` for what is known already. Dispose to stop. */
  subscribe(listener: (change: Change<T>) => void): Disposable;
  /** Resolves once the first list is in. */
  readonly synced: Promise<void>;
}

/** Makes one informer a kind and keeps them running until it is disposed. */
export interface Informers extends AsyncDisposable {
  of<T extends KubeObject>(kind: KindRef<T>): Informer<T>;
  /** Resolves once every informer made so far is synced. */
  synced(): Promise<void>;
}
