import { forEachPath, has, type FieldsV1 } from "./fields-v1.ts";
import type { Manager } from "./managers.ts";
import { pathText } from "./path-element.ts";

/** A field that another manager owns with another value. */
export interface Conflict {
  /** As Kubernetes names it: `"kubectl" with subresource "scale" using apps/v1`. */
  readonly manager: string;
  /** e.g. `.spec.replicas`. */
  readonly field: string;
  allowedBy(fields: FieldsV1): boolean;
  /** Conflicts are listed by the manager's encoded entry. */
  readonly order: string;
}

export function conflictsOf(manager: Manager, fields: FieldsV1): Conflict[] {
  const conflicts: Conflict[] = [];
  const text = managerText(manager);
  forEachPath(fields, (path) =>
    conflicts.push({ manager: text, field: pathText(path), allowedBy: (allowed) => has(allowed, path), order: orderOf(manager) }),
  );
  return conflicts;
}

function managerText({ name, subresource, operation, apiVersion }: Manager): string {
  const through = subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(name)}${through}${operation === "Update" ? ` using ${apiVersion}` : ""}`;
}

function orderOf({ name, operation, apiVersion, subresource }: Manager): string {
  const version = operation === "Update" ? { apiVersion } : {};
  return JSON.stringify({ manager: name, operation, ...version, ...(subresource === "" ? {} : { subresource }) });
}

/** The message of the 409 that lists these conflicts. */
export function conflictMessage(conflicts: readonly Conflict[]): string {
  const [only] = conflicts;
  if (only !== undefined && conflicts.length === 1) return `Apply failed with 1 conflict: conflict with ${only.manager}: ${only.field}`;
  const groups = Map.groupBy(conflicts, ({ order }) => order);
  const lines = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => [`conflicts with ${group[0]?.manager}:`, ...group.map(({ field }) => `- ${field}`)]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}
