import { isAlreadyExists } from "../../api/meta/errors.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import { keyOf, type KubeObject } from "../../api/meta/object.ts";
import type { Client } from "../../client/types.ts";

/** Creates what is not there; what is there is the user's. */
export async function ensure<T extends KubeObject>(client: Client, kind: KindRef<T>, object: T): Promise<void> {
  if ((await client.get(kind, keyOf(object))) !== undefined) return;
  try {
    await client.create(kind, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** Makes it so: addresses follow the ports of this start. */
export async function replace<T extends KubeObject>(client: Client, kind: KindRef<T>, object: T): Promise<void> {
  const existing = await client.get(kind, keyOf(object));
  if (existing === undefined) await client.create(kind, object);
  else await client.update(kind, { ...object, metadata: { ...existing.metadata, ...object.metadata } });
}
