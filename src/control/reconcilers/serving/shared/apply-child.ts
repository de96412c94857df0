import type { KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import type { Client } from "../../../../client/types.ts";
import { updateIfChanged, type Applied } from "../../../controller/apply.ts";

/** A child as it is and as it should be. */
export interface Child<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly existing: T | undefined;
  readonly desired: T;
  /** The existing child as it should be, with what others may have written on it. */
  align(existing: T, desired: T): T;
}

/** Creates the child, brings it in line, or does nothing. */
export async function applyChild<T extends KubeObject>(client: Client, { kind, existing, desired, align }: Child<T>): Promise<Applied<T>> {
  if (existing === undefined) return { result: "created", object: await client.create(kind, desired) };
  return updateIfChanged(client, kind, existing, align(existing, desired));
}
