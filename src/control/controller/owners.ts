import { apiVersionOf, type KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { OwnerReference } from "../../api/k8s/types.generated.ts";

/** A reference that makes `owner` the controller of a child: it alone reconciles it, and its foreground deletion waits for it. */
export function controllerRef<T extends KubeObject>(kind: KindRef<T>, owner: T): OwnerReference {
  return { ...ownerRef(kind, owner), controller: true, blockOwnerDeletion: true };
}

/** A plain owner: the child goes when the last owner has gone. */
export function ownerRef<T extends KubeObject>(kind: KindRef<T>, owner: T): OwnerReference {
  const { name, uid } = owner.metadata;
  if (name === undefined || uid === undefined) throw new Error(`${kind.kind} without name or uid cannot own anything`);
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, name, uid };
}

/** The controlling owner, if there is one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** Whether the reference means this kind, in whichever version of its group. */
export function refersTo(reference: OwnerReference, kind: KindRef): boolean {
  const slash = reference.apiVersion.indexOf("/");
  const group = slash < 0 ? "" : reference.apiVersion.slice(0, slash);
  return reference.kind === kind.kind && group === kind.group;
}
