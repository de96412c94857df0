import type { KubeObject, ObjectMeta } from "../../../api/meta/object.ts";
import { ValuePool } from "../../../std/value-pool.ts";

/**
 * What objects share does not depend on whose cache they are in: names, times and versions; labels, owners, conditions and
 * templates; the managed fields, which are the same in objects of one kind but for a few names.
 */
const pool = new ValuePool({ strings: 2048, values: 512 });

/** Metadata in the order of its definition, which is how Kubernetes prints it. */
const META_ORDER = [
  "name",
  "generateName",
  "namespace",
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
] as const satisfies readonly (keyof ObjectMeta)[];

/** A shallow copy with `kind`, `apiVersion` and `metadata` first, metadata in order, and what is undefined dropped. */
export function ordered(object: KubeObject, resourceVersion: string | undefined): KubeObject {
  const { kind, apiVersion, metadata, ...rest } = object;
  const source: Record<string, unknown> = { ...metadata, resourceVersion };
  const sorted: Record<string, unknown> = {};
  for (const field of META_ORDER) if (source[field] !== undefined) sorted[field] = source[field];
  return { kind, apiVersion, metadata: sorted as ObjectMeta, ...rest };
}

/** The text that the store keeps: without resourceVersion, which is the revision of the write. */
export function encodeStored(object: KubeObject): string {
  return JSON.stringify(ordered(object, undefined));
}

/** The object of a stored text, frozen, with its resourceVersion. */
export function decodeStored(text: string, revision: number): KubeObject {
  return withRevision(JSON.parse(text) as KubeObject, revision);
}

/** `object` as the cache holds it after it was written at `revision`; what was not frozen of it is now. */
export function withRevision(object: KubeObject, revision: number): KubeObject {
  return pool.settle(ordered(object, String(revision)), ["metadata"]);
}
