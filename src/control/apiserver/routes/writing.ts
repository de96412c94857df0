import { ApiError, conflict, notFound, OBJECT_MODIFIED } from "../../../api/meta/errors.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { deepClone } from "../../../std/json.ts";
import type { Admitted, Write } from "../admission/admission.ts";
import { checkNamespace } from "../admission/namespace-lifecycle.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { managerName, type WriteQuery } from "../http/query.ts";
import { isFinished } from "../storage/finalization.ts";
import type { Changed } from "../storage/resource-store.ts";
import { keyOfCall } from "./get.ts";

/** How often a change is tried again on top of somebody else's. */
const MAX_ATTEMPTS = 20;
/** How often another generated name is tried. */
const MAX_NAMES = 8;

export function writeOf(call: ResourceCall, query: WriteQuery): Write {
  const { kind, info, user, warnings, request } = call;
  const manager = managerName(query, request);
  return { kind, namespace: info.namespace, subresource: info.subresource, user: user.name, manager, dryRun: query.dryRun, warnings };
}

/** A write whose managers are known already. */
export function unmanagedWriteOf(call: ResourceCall, query: WriteQuery): Write {
  return { ...writeOf(call, query), manager: undefined };
}

/** Admits and stores a new object. */
export async function createObject(core: Core, call: ResourceCall, draft: KubeObject, write: Write): Promise<KubeObject> {
  const { kind, info } = call;
  const generated = !draft.metadata.name && draft.metadata.generateName !== undefined;
  if (kind.namespaced) checkNamespaceOf(core, call, draft);
  for (let attempt = 1; ; attempt += 1) {
    using admitted = core.admission.create(generated ? deepClone(draft) : draft, write);
    const { object } = admitted;
    const key = { namespace: kind.namespaced ? info.namespace : "", name: object.metadata.name ?? "" };
    if (write.dryRun) {
      if (core.resources.get(kind, key) === undefined) return object;
    }
    try {
      return await core.resources.create(kind, key, object, call.durability);
    } catch (error) {
      if (!generated || attempt >= MAX_NAMES || !(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
    }
  }
}

function checkNamespaceOf(core: Core, call: ResourceCall, draft: KubeObject): void {
  const { kind, info } = call;
  const namespaces = core.kinds.find("", "v1", "namespaces");
  if (namespaces === undefined) return;
  const found = core.resources.get(namespaces, { namespace: "", name: info.namespace });
  checkNamespace(kind, draft.metadata.name ?? "", info.namespace, found);
}

export type Transform = (old: KubeObject) => KubeObject;

/**
 * Changes the object that the path names: `transform` makes a new draft from the cached one and is asked again when
 * somebody else wrote in between. A draft that insists on another resourceVersion is a conflict.
 */
export async function changeObject(core: Core, call: ResourceCall, write: Write, transform: Transform): Promise<KubeObject> {
  const { kind, info } = call;
  for (let attempt = 1; ; attempt += 1) {
    const old = core.resources.get(kind, keyOfCall(call));
    if (old === undefined) throw notFound(kind, info.name);
    const draft = transform(old);
    const asked = draft.metadata.resourceVersion;
    if (asked !== undefined && asked !== "" && asked !== old.metadata.resourceVersion) throw conflict(kind, info.name, OBJECT_MODIFIED);
    using admitted = core.admission.update(draft, old, write);
    if (admitted.object === old || write.dryRun) return admitted.object;
    const changed = await storeChange(core, call, old, admitted);
    if (changed.kind === "ok") return changed.object;
    if (changed.kind === "conflict" && attempt >= MAX_ATTEMPTS) throw conflict(kind, info.name, OBJECT_MODIFIED);
  }
}

function storeChange(core: Core, call: ResourceCall, old: KubeObject, { object }: Admitted): Promise<Changed> {
  const { kind, durability } = call;
  if (isFinished(kind, object)) return core.resources.remove(kind, old, object, durability);
  return core.resources.update(kind, old, object, durability);
}
