import { forbidden, notFound } from "../../../api/meta/errors.ts";
import { ApiError } from "../../../api/meta/errors.ts";
import type { Kind, KindRef } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";

const NAMESPACES: KindRef = { group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false };
const IMMORTAL = new Set(["default", "kube-system", "kube-public"]);

/** New content needs a namespace that exists and is not being deleted. @throws ApiError 404 or 403. */
export function checkNamespace(kind: Kind, name: string, namespace: string, found: KubeObject | undefined): void {
  if (found === undefined) throw notFound(NAMESPACES, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { status } = forbidden(kind, name, why);
  const causes = [{ reason: "NamespaceTerminating", message: `namespace ${namespace} is being terminated`, field: "metadata.namespace" }];
  throw new ApiError({ ...status, details: { ...status.details, causes } });
}

/** @throws ApiError 403 for namespaces that the system needs. */
export function checkNamespaceDeletion(kind: Kind, name: string): void {
  if (kind.group === "" && kind.plural === "namespaces" && IMMORTAL.has(name))
    throw forbidden(kind, name, "this namespace may not be deleted");
}
