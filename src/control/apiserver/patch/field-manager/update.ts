import type { ManagedFieldsEntry } from "../../../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { deepEqual } from "../../../../std/json.ts";
import { compareObjects, type Comparison } from "./compare.ts";
import { capUpdaters } from "./cap.ts";
import { difference, intersection, isEmpty, union, type FieldsV1 } from "./fields-v1.ts";
import { decodeManagers, encodeManagers, identityOf, putManager, type Manager, type Managers } from "./managers.ts";
import { unownedFields } from "./reset.ts";
import type { TypeModel } from "./type-model.ts";

/** Who writes, and through what. */
export interface Writer {
  readonly name: string;
  readonly apiVersion: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** RFC 3339, of this write. */
  readonly time: string;
}

export interface UpdateRequest {
  readonly model: TypeModel;
  /** Absent on create. */
  readonly live: KubeObject | undefined;
  /** The object as it will be stored, but for managedFields. */
  readonly updated: KubeObject;
  readonly writer: Writer;
  /** Fields that this resource or subresource does not let a client set, e.g. `status`. */
  readonly reset: FieldsV1;
}

/** `metadata.managedFields` after a create, update or patch. Undefined if nobody manages anything. */
export function updateManagers(request: UpdateRequest): ManagedFieldsEntry[] | undefined {
  const { live, updated, writer } = request;
  const managers = managersBefore(request);
  if (managers.size === 0 && live !== undefined) return undefined;
  const { added, modified, removed } = compareObjects(request.model, live ?? {}, updated, unownedFields(request.reset));
  const set = union(modified, added);
  yieldFields(managers, union(set, removed));
  takeFields(managers, writer, set);
  capUpdaters(managers);
  const entries = encodeManagers(managers);
  const before = live?.metadata.managedFields;
  return before !== undefined && deepEqual(entries, before) ? (before as ManagedFieldsEntry[]) : entries;
}

/**
 * What a client sends wins over what is stored, so that it can edit entries; if it sends none or malformed ones, the stored ones stay.
 * An empty list or one empty entry resets. Through a subresource the stored ones always stay.
 */
function managersBefore({ live, updated, writer }: UpdateRequest): Managers {
  const stored = live?.metadata.managedFields ?? [];
  const sent = updated.metadata.managedFields;
  if (writer.subresource === "" && sent !== undefined && !deepEqual(sent, stored)) {
    if (isReset(sent)) return new Map();
    const managers = decodeManagers(sent, false);
    if (managers !== undefined && managers.size > 0) return managers;
  }
  return decodeManagers(stored, true) ?? new Map<string, Manager>();
}

function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  if (entries.length > 1) return false;
  return entries.every((entry) => Object.values(entry).every((value) => value === undefined));
}

/** Everybody loses what was removed or set to something else. */
export function yieldFields(managers: Managers, changed: FieldsV1, except?: string): void {
  if (isEmpty(changed)) return;
  for (const [id, manager] of managers) {
    if (id === except) continue;
    const fields = difference(manager.fields, changed);
    if (fields !== manager.fields) putManager(managers, { ...manager, fields });
  }
}

/** The writer's entry gets the fields and its time, if there are any. */
function takeFields(managers: Managers, writer: Writer, fields: FieldsV1): void {
  if (isEmpty(fields)) return;
  const manager: Manager = { ...writer, operation: "Update", fields };
  const previous = managers.get(identityOf(manager));
  managers.set(identityOf(manager), previous === undefined ? manager : { ...manager, fields: union(fields, previous.fields) });
}

/** What others own and this comparison changes. */
export function contested(manager: Manager, { added, modified }: Comparison): FieldsV1 {
  return intersection(manager.fields, union(modified, added));
}
