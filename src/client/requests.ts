import { apiVersionOf, pathOf, type KindRef } from "../api/meta/kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../api/meta/object.ts";
import type { DeleteOptions, ListOptions, Patch, WatchOptions, WriteOptions } from "./types.ts";

/** One call before it becomes a `Request`: pure, so that tests read it. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: object;
}

const PATCH_TYPES = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const satisfies Record<Patch["type"], string>;

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(String(value))}`],
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}

function writeQuery(options: WriteOptions | undefined): Query {
  return { fieldManager: options?.fieldManager, dryRun: options?.dryRun ? "All" : undefined };
}

function selection({ labelSelector, fieldSelector, limit, continue: token, resourceVersion }: ListOptions): Query {
  return { labelSelector, fieldSelector, limit, continue: token, resourceVersion };
}

/** The object with its type named: lists and informers may hand it out without. */
export function typed<T extends KubeObject>(kind: KindRef<T>, object: T): T {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  return { ...object, apiVersion: object.apiVersion ?? apiVersionOf(kind), kind: object.kind ?? kind.kind };
}

export function getCall(kind: KindRef, key: ObjectKey): Call {
  return { method: "GET", path: pathOf(kind, key) };
}

export function listCall(kind: KindRef, options: ListOptions): Call {
  return { method: "GET", path: withQuery(pathOf(kind, { namespace: options.namespace }), selection(options)) };
}

export function watchCall(kind: KindRef, options: WatchOptions): Call {
  const { allowWatchBookmarks, timeoutSeconds } = options;
  const query = { watch: true, ...selection(options), allowWatchBookmarks: allowWatchBookmarks || undefined, timeoutSeconds };
  return { method: "GET", path: withQuery(pathOf(kind, { namespace: options.namespace }), query) };
}

export function createCall<T extends KubeObject>(kind: KindRef<T>, object: T, options?: WriteOptions): Call {
  const { namespace, name } = keyOf(object);
  const path = options?.subresource === undefined ? pathOf(kind, { namespace }) : pathOf(kind, { namespace, name }, options.subresource);
  return { method: "POST", path: withQuery(path, writeQuery(options)), contentType: "application/json", body: typed(kind, object) };
}

export function updateCall<T extends KubeObject>(kind: KindRef<T>, object: T, options?: WriteOptions): Call {
  const path = pathOf(kind, keyOf(object), options?.subresource);
  const body = unmanaged(typed(kind, object));
  return { method: "PUT", path: withQuery(path, writeQuery(options)), contentType: "application/json", body };
}

/** Without managedFields: then the server goes on from those that it has. */
function unmanaged(object: KubeObject): KubeObject {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

export function patchCall(kind: KindRef, key: ObjectKey, patch: Patch, options?: WriteOptions): Call {
  const force = patch.type === "apply" ? patch.force : undefined;
  const path = withQuery(pathOf(kind, key, options?.subresource), { ...writeQuery(options), force });
  return { method: "PATCH", path, contentType: PATCH_TYPES[patch.type], body: patch.body };
}

export function deleteCall(kind: KindRef, key: ObjectKey, options?: DeleteOptions): Call {
  const call = { method: "DELETE", path: pathOf(kind, key) } as const;
  if (options === undefined || Object.keys(options).length === 0) return call;
  return { ...call, contentType: "application/json", body: { apiVersion: "v1", kind: "DeleteOptions", ...options } };
}
