import { applyPatch, type Operation } from "rfc6902";
import { podKind } from "../api/core/pod.ts";
import { conflict } from "../api/meta/errors.ts";
import type { KindRef } from "../api/meta/kind.ts";
import { formatKey, keyOf, type KubeObject, type ObjectKey } from "../api/meta/object.ts";
import type { Binding, Namespace } from "../api/k8s/types.generated.ts";
import { typed } from "../client/requests.ts";
import { matchesSelector, parseSelector } from "../client/selectors.ts";
import type { Client, DeleteOptions, Patch, WriteOptions } from "../client/types.ts";
import { deepClone, isRecord } from "../std/json.ts";
import type { WorldStore } from "./world-store.ts";

/** One write that a client made. */
export interface Write {
  /** A subresource other than status is named behind the verb: `create binding`, `patch scale`. */
  readonly verb: "create" | "update" | "status" | "patch" | "delete" | `${"create" | "update" | "patch"} ${string}`;
  /** `Deployment` */
  readonly kind: string;
  /** `namespace/name` */
  readonly key: string;
  /** As it was sent; the options of a delete, when it had any. */
  readonly body?: object;
}

/** A client on the store that records each write before it is tried. Lists know label selectors and metadata fields. */
export function worldClient(store: WorldStore, writes: Write[]): Client {
  const record = (verb: Write["verb"], kind: KindRef, key: ObjectKey, body?: object) =>
    void writes.push({ verb, kind: kind.kind, key: formatKey(key), ...(body === undefined ? {} : { body: deepClone(body) }) });
  return {
    get: async (kind, key) => store.get(kind, key),
    list: async (kind, options = {}) => {
      const selector = options.labelSelector === undefined ? {} : parseSelector(options.labelSelector);
      const items = store.list(kind).filter(({ metadata }) => {
        const here = options.namespace === undefined || metadata.namespace === options.namespace;
        return here && matchesSelector(selector, metadata.labels);
      });
      return { items, resourceVersion: store.version };
    },
    create: async (kind, object, options) => {
      record(withSubresource("create", options), kind, keyOf(object), typed(kind, object));
      if (options?.subresource === "binding") return bind(store, object);
      return store.create(kind, object);
    },
    update: async (kind, object, options) => {
      record(withSubresource("update", options), kind, keyOf(object), typed(kind, object));
      if (options?.subresource === "finalize") return finalize(store, kind, object);
      if (options?.subresource === "status") return store.update(kind, object, "status");
      return store.update(kind, object, "spec");
    },
    updateStatus: async (kind, object) => {
      record("status", kind, keyOf(object), typed(kind, object));
      return store.update(kind, object, "status");
    },
    patch: async (kind, key, patch, options) => {
      record(withSubresource("patch", options), kind, key, patch.body);
      return patchIn(store, kind, key, { patch, subresource: options?.subresource });
    },
    delete: async (kind, key, options) => {
      record("delete", kind, key, options);
      deleteIn(store, kind, key, options);
    },
    // eslint-disable-next-line require-yield
    async *watch() {
      throw new Error("a World is followed through its informers");
    },
  };
}

function withSubresource(verb: "create" | "update" | "patch", options: WriteOptions | undefined): Write["verb"] {
  if (options?.subresource === undefined) return verb;
  if (options.subresource === "status" && verb === "update") return "status";
  return `${verb} ${options.subresource}`;
}

function bind<T extends KubeObject>(store: WorldStore, object: T): T {
  const pod = store.must(podKind, keyOf(object));
  const { target } = object as unknown as Binding;
  if (pod.spec?.nodeName)
    throw conflict(podKind, object.metadata.name ?? "", `pod ${object.metadata.name} is already assigned to node "${pod.spec.nodeName}"`);
  const bound = { ...pod, spec: { ...pod.spec, nodeName: target.name } };
  store.update(podKind, { ...bound, spec: { ...bound.spec, containers: bound.spec.containers ?? [] } }, "spec");
  return object;
}

function finalize<T extends KubeObject>(store: WorldStore, kind: KindRef<T>, object: T): T {
  const namespace = object as unknown as Namespace;
  const current = store.must(kind, keyOf(object));
  if (namespace.spec?.finalizers?.length === 0 && current.metadata.deletionTimestamp !== undefined) {
    store.remove(kind, keyOf(object));
    return object;
  }
  return store.update(kind, object, "spec");
}

function deleteIn(store: WorldStore, kind: KindRef, key: ObjectKey, options: DeleteOptions | undefined): void {
  const object = store.get(kind, key);
  if (object === undefined) return;
  const { uid, resourceVersion } = options?.preconditions ?? {};
  if (uid !== undefined && uid !== object.metadata.uid) throw conflict(kind, key.name, "Precondition failed: UID in precondition");
  if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion)
    throw conflict(kind, key.name, "Precondition failed");
  store.delete(kind, key, FINALIZERS[options?.propagationPolicy ?? "Background"]);
}

const FINALIZERS = { Background: undefined, Foreground: "foregroundDeletion", Orphan: "orphan" } as const;

interface Patching {
  readonly patch: Patch;
  readonly subresource: string | undefined;
}

function patchIn<T extends KubeObject>(store: WorldStore, kind: KindRef<T>, key: ObjectKey, { patch, subresource }: Patching): T {
  const old = store.get(kind, key);
  if (old === undefined && patch.type === "apply") return store.create(kind, patch.body as T);
  const object = old ?? store.must(kind, key);
  const patched = (patch.type === "json" ? jsonPatched(object, patch.body) : mergePatched(object, patch.body)) as T;
  return store.update(kind, patched, subresource === "status" ? "status" : "spec");
}

function jsonPatched(object: KubeObject, operations: readonly object[]): unknown {
  const draft = deepClone(object);
  const errors = applyPatch(draft, operations as Operation[]).filter((error) => error !== null);
  if (errors[0] !== undefined) throw errors[0];
  return draft;
}

/** RFC 7386. Strategic and apply patches are treated the same: lists are replaced. */
function mergePatched(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatched(result[name], value);
  }
  return result;
}
