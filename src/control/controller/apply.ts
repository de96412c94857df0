import type { KindRef } from "../../api/meta/kind.ts";
import { isNotFound } from "../../api/meta/errors.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { deepEqual } from "../../std/json.ts";
import type { Client } from "../../client/types.ts";

export type Applied<T> = { readonly result: "created" | "updated" | "unchanged"; readonly object: T };

/**
 * Creates `desired`, or brings what exists in line with it by an update, or does nothing. Spec, data, labels and
 * annotations of `desired` win; others' labels and annotations stay.
 */
export async function createOrUpdate<T extends KubeObject>(
  client: Client,
  kind: KindRef<T>,
  existing: T | undefined,
  desired: T,
): Promise<Applied<T>> {
  if (existing === undefined) return { result: "created", object: await client.create(kind, desired) };
  return updateIfChanged(client, kind, existing, overlay(existing, desired));
}

/** Writes `wanted` if it differs from what exists. */
export async function updateIfChanged<T extends KubeObject>(client: Client, kind: KindRef<T>, existing: T, wanted: T): Promise<Applied<T>> {
  if (deepEqual(existing, wanted)) return { result: "unchanged", object: existing };
  return { result: "updated", object: await client.update(kind, wanted) };
}

/** The existing object with everything that `desired` says outside metadata and status, and with its labels and annotations. */
export function overlay<T extends KubeObject>(existing: T, desired: T): T {
  const { metadata, status: _status, ...content } = desired as T & { status?: unknown };
  const { labels, annotations, ownerReferences } = metadata;
  return {
    ...existing,
    ...content,
    metadata: {
      ...existing.metadata,
      ...(labels === undefined ? {} : { labels: { ...existing.metadata.labels, ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...existing.metadata.annotations, ...annotations } }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
  };
}

/** Writes the status if it differs from what the object has. Answers the newest object. */
export async function updateStatusIfChanged<T extends KubeObject & { status?: unknown }>(
  client: Client,
  kind: KindRef<T>,
  object: T,
  status: T["status"],
): Promise<T> {
  if (deepEqual(object.status, status)) return object;
  return writeStatus(client, kind, { ...object, status });
}

/** Writes the status. Of an object that has gone meanwhile nobody wants to know it. */
export async function writeStatus<T extends KubeObject>(client: Client, kind: KindRef<T>, object: T): Promise<T> {
  try {
    return await client.updateStatus(kind, object);
  } catch (error) {
    if (isNotFound(error)) return object;
    throw error;
  }
}
