import { alreadyExists, conflict, notFound, OBJECT_MODIFIED } from "../api/meta/errors.ts";
import { apiVersionOf, type Kind, type KindRef } from "../api/meta/kind.ts";
import { formatKey, keyOf, type KubeObject, type ObjectKey } from "../api/meta/object.ts";
import { rfc3339, type Clock } from "../std/clock.ts";
import { deepClone, deepEqual } from "../std/json.ts";

export interface StoredEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** `apiVersion/kind` */
  readonly kindId: string;
  readonly object: KubeObject;
}

type WithParts = KubeObject & { spec?: unknown; status?: unknown };

/** The objects of a `World`. Everything that goes in or out is a copy. */
export class WorldStore {
  readonly #clock: Clock;
  readonly #publish: (event: StoredEvent) => void;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  #version = 0;

  constructor(clock: Clock, publish: (event: StoredEvent) => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  get version(): string {
    return String(this.#version);
  }

  get<T extends KubeObject>(kind: KindRef<T>, key: ObjectKey): T | undefined {
    const object = this.#of(idOf(kind)).get(formatKey(key));
    return object === undefined ? undefined : (deepClone(object) as T);
  }

  list<T extends KubeObject>(kind: KindRef<T>): T[] {
    return [...this.#of(idOf(kind)).values()].map((object) => deepClone(object) as T);
  }

  /** As somebody else's write: no checks. */
  seed(object: KubeObject): void {
    const kindId = `${object.apiVersion}/${object.kind}`;
    const known = this.#of(kindId).has(formatKey(keyOf(object)));
    this.#put(kindId, known ? "MODIFIED" : "ADDED", this.#filled(deepClone(object)));
  }

  create<T extends KubeObject>(kind: KindRef<T>, object: T): T {
    const draft = deepClone(object);
    if (draft.metadata.name === undefined) draft.metadata.name = `${draft.metadata.generateName ?? ""}${this.#version + 1}`;
    if (this.get(kind, keyOf(draft)) !== undefined) throw alreadyExists(kind, draft.metadata.name);
    if (hasStatus(kind)) delete (draft as WithParts).status;
    return this.#put(idOf(kind), "ADDED", this.#filled(draft, kind));
  }

  /** `part` says which half of the object a write may change. */
  update<T extends KubeObject>(kind: KindRef<T>, object: T, part: "spec" | "status"): T {
    const old = this.must(kind, keyOf(object));
    const { resourceVersion, uid } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion)
      throw conflict(kind, nameOf(object), OBJECT_MODIFIED);
    if (uid !== undefined && uid !== old.metadata.uid) throw conflict(kind, nameOf(object), "the UID in the precondition does not match");
    const draft = part === "status" ? withStatusOf(kind, old, object) : this.#withSpecOf(kind, old, object);
    if (deepEqual({ ...draft, metadata: { ...draft.metadata, resourceVersion: old.metadata.resourceVersion } }, old)) return deepClone(old);
    const isLet = part === "spec" && draft.metadata.deletionTimestamp !== undefined && isHeld(old) && !isHeld(draft);
    if (isLet) return this.#drop(kind, draft);
    return this.#put(idOf(kind), "MODIFIED", draft);
  }

  /** Marks the object as deleted while finalizers hold it, else takes it out. */
  delete(kind: KindRef, key: ObjectKey, extraFinalizer?: string): void {
    const object = this.must(kind, key);
    const finalizers = [...(object.metadata.finalizers ?? []), ...(extraFinalizer === undefined ? [] : [extraFinalizer])];
    if (finalizers.length > 0) object.metadata.finalizers = [...new Set(finalizers)];
    if (!isHeld(object)) return void this.#drop(kind, object);
    if (object.metadata.deletionTimestamp !== undefined) return;
    object.metadata.deletionTimestamp = rfc3339(this.#clock.now());
    this.#put(idOf(kind), "MODIFIED", object);
  }

  remove(kind: KindRef, key: ObjectKey): void {
    this.#drop(kind, this.must(kind, key));
  }

  must<T extends KubeObject>(kind: KindRef<T>, key: ObjectKey): T {
    const object = this.get(kind, key);
    if (object === undefined) throw notFound(kind, key.name);
    return object;
  }

  #withSpecOf<T extends KubeObject>(kind: KindRef<T>, old: T, object: T): T {
    const draft: WithParts = deepClone({ ...object, apiVersion: old.apiVersion, kind: old.kind });
    const before: WithParts = old;
    const { uid, creationTimestamp, deletionTimestamp, generation } = old.metadata;
    draft.metadata = { ...draft.metadata, ...deepClone({ uid, creationTimestamp, deletionTimestamp, generation }) };
    if (hasStatus(kind)) draft.status = before.status;
    if (generation !== undefined && !deepEqual(draft.spec, before.spec)) draft.metadata.generation = generation + 1;
    return deepClone(draft) as T;
  }

  #filled<T extends KubeObject>(object: T, kind?: KindRef<T>): T {
    const { metadata } = object;
    if (kind !== undefined) Object.assign(object, { apiVersion: apiVersionOf(kind), kind: kind.kind });
    metadata.uid ??= `${(object.kind ?? "").toLowerCase()}-${metadata.name}`;
    metadata.creationTimestamp ??= rfc3339(this.#clock.now());
    if ("spec" in object) metadata.generation ??= 1;
    return object;
  }

  #put<T extends KubeObject>(kindId: string, type: "ADDED" | "MODIFIED", object: T): T {
    object.metadata.resourceVersion = String(++this.#version);
    this.#of(kindId).set(formatKey(keyOf(object)), object);
    this.#publish({ type, kindId, object: deepClone(object) });
    return deepClone(object);
  }

  #drop<T extends KubeObject>(kind: KindRef<T>, object: T): T {
    object.metadata.resourceVersion = String(++this.#version);
    this.#of(idOf(kind)).delete(formatKey(keyOf(object)));
    this.#publish({ type: "DELETED", kindId: idOf(kind), object: deepClone(object) });
    return object;
  }

  #of(kindId: string): Map<string, KubeObject> {
    const known = this.#objects.get(kindId) ?? new Map<string, KubeObject>();
    this.#objects.set(kindId, known);
    return known;
  }
}

function idOf(kind: KindRef): string {
  return `${apiVersionOf(kind)}/${kind.kind}`;
}

/** By finalizers; a Namespace has more of them in its spec. */
function isHeld(object: KubeObject): boolean {
  const { finalizers } = (object as { spec?: { finalizers?: string[] } }).spec ?? {};
  return (object.metadata.finalizers?.length ?? 0) + (finalizers?.length ?? 0) > 0;
}

function nameOf(object: KubeObject): string {
  return object.metadata.name ?? "";
}

function hasStatus(kind: KindRef): boolean {
  return (kind as Partial<Kind>).subresources?.status === true;
}

/** The status subresource of a built-in kind also takes annotations; that of a custom resource takes no metadata. */
function withStatusOf<T extends KubeObject>(kind: KindRef<T>, old: T, object: T): T {
  const { annotations } = (kind as Partial<Kind>).crd === undefined ? object.metadata : old.metadata;
  return deepClone({ ...old, metadata: { ...old.metadata, annotations }, status: (object as WithParts).status });
}
