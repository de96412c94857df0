import type { ManagedFieldsEntry } from "../../../../api/k8s/types.generated.ts";
import { EMPTY, difference, isEmpty, parseFields, setOf, type FieldsV1 } from "./fields-v1.ts";

export type Operation = "Apply" | "Update";

/** One entry of `metadata.managedFields`: who set which fields, by which operation. */
export interface Manager {
  readonly name: string;
  readonly operation: Operation;
  /** The version that `fields` are paths of. */
  readonly apiVersion: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** RFC 3339; absent when the manager took over fields that already had its values. */
  readonly time: string | undefined;
  readonly fields: FieldsV1;
}

/** Managers by identity. */
export type Managers = Map<string, Manager>;

type Identity = Pick<Manager, "name" | "operation" | "apiVersion" | "subresource">;

/** Appliers keep their identity when they apply with another version. */
export function identityOf(manager: Identity): string {
  const version = manager.operation === "Apply" ? "" : manager.apiVersion;
  return JSON.stringify([manager.name, manager.operation, version, manager.subresource]);
}

/** Undefined if an entry is not well-formed. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[], trusted: boolean): Managers | undefined {
  const managers: Managers = new Map();
  for (const entry of entries) {
    const manager = decode(entry, trusted);
    if (manager === undefined) return undefined;
    managers.set(identityOf(manager), manager);
  }
  return managers;
}

function decode(entry: ManagedFieldsEntry, trusted: boolean): Manager | undefined {
  const { operation, apiVersion, fieldsType } = entry;
  if ((operation !== "Apply" && operation !== "Update") || !apiVersion || fieldsType !== "FieldsV1") return undefined;
  const fields = (entry.fieldsV1 ?? EMPTY) as FieldsV1;
  return {
    name: entry.manager ?? "",
    operation,
    apiVersion,
    subresource: entry.subresource ?? "",
    time: entry.time ?? undefined,
    fields: trusted ? fields : tryParse(fields),
  };
}

function tryParse(fields: unknown): FieldsV1 {
  try {
    return parseFields(fields);
  } catch {
    return EMPTY;
  }
}

/** Sorted as Kubernetes sorts them: appliers first, then by time, name, version, subresource. Undefined if there are none. */
export function encodeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  const all = [...managers.values()].filter((manager) => !isEmpty(manager.fields));
  return all.length === 0 ? undefined : all.sort(compareManagers).map(encode);
}

function encode(manager: Manager): ManagedFieldsEntry {
  return {
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time === undefined ? {} : { time: manager.time }),
    fieldsType: "FieldsV1",
    fieldsV1: manager.fields,
    ...(manager.subresource === "" ? {} : { subresource: manager.subresource }),
  } as ManagedFieldsEntry;
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    compareTexts(a.operation, b.operation) ||
    seconds(a.time) - seconds(b.time) ||
    compareTexts(a.name, b.name) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  );
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

export function seconds(time: string | undefined): number {
  const ms = time === undefined ? 0 : Date.parse(time);
  return Number.isFinite(ms) ? Math.floor(ms / 1000) : 0;
}

/** Fields that the system sets; nobody owns them. */
export const SYSTEM_FIELDS = setOf([
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion"].map(
    (name) => ["f:metadata", `f:${name}`],
  ),
]);

export function withoutSystemFields(fields: FieldsV1): FieldsV1 {
  return difference(fields, SYSTEM_FIELDS);
}

/** Sets the manager's fields, or removes it if it owns nothing. */
export function putManager(managers: Managers, manager: Manager): void {
  if (isEmpty(manager.fields)) managers.delete(identityOf(manager));
  else managers.set(identityOf(manager), manager);
}
