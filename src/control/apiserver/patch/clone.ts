import type { KubeObject } from "../../../api/meta/object.ts";
import { deepClone } from "../../../std/json.ts";

/** Managers are not changed in place, and that they are the stored ones spares the field manager to read them anew. */
export function cloneButManagers(object: KubeObject): KubeObject {
  const { managedFields, ...metadata } = object.metadata;
  const copy = deepClone({ ...object, metadata });
  return managedFields === undefined ? copy : { ...copy, metadata: { ...copy.metadata, managedFields } };
}
