import type { Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";

/** True when nothing holds a deleted object any more: this write removes it. */
export function isFinished(kind: Kind, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0) return false;
  return (deletionGracePeriodSeconds ?? 0) === 0 && ownFinalizers(kind, object).length === 0;
}

/** `spec.finalizers` of a Namespace; other kinds have none. */
export function ownFinalizers(kind: Kind, object: KubeObject): readonly string[] {
  if (kind.group !== "" || kind.plural !== "namespaces") return [];
  return (object as KubeObject & { spec?: { finalizers?: readonly string[] } }).spec?.finalizers ?? [];
}
