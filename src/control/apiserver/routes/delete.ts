import type { Pod } from "../../../api/k8s/types.generated.ts";
import { conflict, notFound } from "../../../api/meta/errors.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { rfc3339 } from "../../../std/clock.ts";
import { deepEqual } from "../../../std/json.ts";
import { checkNamespaceDeletion } from "../admission/namespace-lifecycle.ts";
import type { ApiReply } from "../../../api/meta/payload.ts";
import type { Core } from "../core.ts";
import type { ResourceCall } from "../http/call.ts";
import { jsonReply } from "../http/respond.ts";
import { isFinished } from "../storage/finalization.ts";
import { deletionOf, type Deletion } from "./delete-options.ts";
import { keyOfCall } from "./get.ts";
import { objectReply } from "./reply.ts";

/** Kinds whose deletion answers the object itself. */
const RETURNED = new Set([
  "pods",
  "services",
  "serviceaccounts",
  "persistentvolumes",
  "persistentvolumeclaims",
  "podtemplates",
  "resourcequotas",
]);

/** `wrapper`: the options are part of an Eviction. */
export async function remove(core: Core, call: ResourceCall, wrapper?: "eviction"): Promise<ApiReply> {
  const deletion = deletionOf(call, wrapper);
  checkNamespaceDeletion(call.kind, call.info.name);
  const { object, gone } = await deleteObject(core, call, deletion);
  if (!gone || (call.kind.group === "" && RETURNED.has(call.kind.plural))) return objectReply(core, call, object);
  return jsonReply(success(call.kind, object), { pretty: call.pretty });
}

export interface Deleted {
  readonly object: KubeObject;
  /** False while finalizers or a grace period hold it. */
  readonly gone: boolean;
}

/** @throws ApiError 404, or 409 when a precondition fails. */
export async function deleteObject(core: Core, call: ResourceCall, deletion: Deletion): Promise<Deleted> {
  const { kind, info, durability } = call;
  for (;;) {
    const old = core.resources.get(kind, keyOfCall(call));
    if (old === undefined) throw notFound(kind, info.name);
    checkPreconditions(kind, old, deletion);
    const next = marked(kind, old, deletion, core.clock.now());
    const gone = isFinished(kind, next);
    if (deletion.dryRun || (!gone && deepEqual(next, old))) return { object: next, gone };
    const changed = gone
      ? await core.resources.remove(kind, old, next, durability)
      : await core.resources.update(kind, old, next, durability);
    if (changed.kind === "ok") return { object: changed.object, gone };
  }
}

function success(kind: Kind, object: KubeObject): object {
  const { name, uid } = object.metadata;
  const group = kind.group === "" ? {} : { group: kind.group };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details: { name, ...group, kind: kind.plural, uid } };
}

function checkPreconditions(kind: Kind, old: KubeObject, { preconditions }: Deletion): void {
  const { name = "", uid, resourceVersion } = old.metadata;
  const subject = { group: kind.group, plural: kind.kind, kind: kind.kind };
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). `;
    throw conflict(subject, name, `${why}The object might have been deleted and then recreated`);
  }
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    const asked = `the ResourceVersion in the precondition (${preconditions.resourceVersion})`;
    const why = `${asked} does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw conflict(subject, name, why);
  }
}

/** The object with its deletion marked: finalizers by policy, time and grace. */
function marked(kind: Kind, old: KubeObject, deletion: Deletion, now: number): KubeObject {
  const metadata = { ...old.metadata };
  const next = { ...old, metadata };
  const finalizers = finalizersFor(metadata.finalizers ?? [], deletion);
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const grace = graceOf(kind, old, deletion);
  if (old.metadata.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = rfc3339(now + grace * 1000);
    if (metadata.generation !== undefined) metadata.generation += 1;
  } else if (grace < (old.metadata.deletionGracePeriodSeconds ?? 0)) {
    metadata.deletionTimestamp = rfc3339(
      Date.parse(old.metadata.deletionTimestamp) - ((old.metadata.deletionGracePeriodSeconds ?? 0) - grace) * 1000,
    );
  }
  if (isNamespace(kind)) markTerminating(next);
  else metadata.deletionGracePeriodSeconds = Math.min(grace, old.metadata.deletionGracePeriodSeconds ?? grace);
  return next;
}

const COLLECTOR_FINALIZERS = ["foregroundDeletion", "orphan"];

function finalizersFor(present: readonly string[], { policy }: Deletion): string[] {
  if (policy === undefined) return [...present];
  const others = present.filter((finalizer) => !COLLECTOR_FINALIZERS.includes(finalizer));
  if (policy === "Foreground") return [...others, "foregroundDeletion"];
  return policy === "Orphan" ? [...others, "orphan"] : others;
}

/** Seconds that the object keeps running: only Pods that a node has started have any. */
function graceOf(kind: Kind, old: KubeObject, { gracePeriodSeconds: asked }: Deletion): number {
  if (kind.group !== "" || kind.plural !== "pods") return 0;
  const { spec, status } = old as Pod;
  if (!spec?.nodeName || status?.phase === "Succeeded" || status?.phase === "Failed") return 0;
  const wanted = asked ?? spec.terminationGracePeriodSeconds ?? 30;
  return wanted < 0 ? 1 : wanted;
}

function isNamespace(kind: Kind): boolean {
  return kind.group === "" && kind.plural === "namespaces";
}

function markTerminating(draft: KubeObject): void {
  const namespace = draft as KubeObject & { status?: { phase?: string } };
  namespace.status = { ...namespace.status, phase: "Terminating" };
}
