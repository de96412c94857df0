import type { ManagedFieldsEntry } from "../../../../api/k8s/types.generated.ts";
import { difference, has, setOf } from "./fields-v1.ts";
import { decodeManagers, encodeManagers, identityOf, putManager, type Manager, type Operation } from "./managers.ts";
import { fieldElement } from "./path-element.ts";

export interface ScaleWriter {
  readonly name: string;
  readonly operation: Operation;
  /** Of the parent, e.g. `apps/v1`. */
  readonly apiVersion: string;
  /** Where the parent keeps its replicas, e.g. `spec.replicas`. */
  readonly path: string;
}

/**
 * The parent's entries after a change of its replicas through `/scale`. The writer's entry has no time: that is how Kubernetes
 * writes it.
 */
export function scaleManagers(entries: readonly ManagedFieldsEntry[], writer: ScaleWriter): ManagedFieldsEntry[] | undefined {
  const managers = decodeManagers(entries, true);
  if (managers === undefined) return [...entries];
  const path = writer.path.split(".").map(fieldElement);
  const replicas = setOf([path]);
  const { name, operation, apiVersion } = writer;
  const self: Manager = { name, operation, apiVersion, subresource: "scale", time: undefined, fields: replicas };
  const id = identityOf(self);
  const known = managers.get(id);
  for (const [other, manager] of managers) {
    if (other !== id && has(manager.fields, path)) putManager(managers, { ...manager, fields: difference(manager.fields, replicas) });
  }
  managers.set(id, known ?? self);
  return encodeManagers(managers);
}
