import { notFound } from "../../api/meta/errors.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import type { Context } from "./kn.ts";

/** The object, or the NotFound error that the server answered. */
export async function mustGet<T extends KubeObject>(context: Context, kind: KindRef<T>, name: string): Promise<T> {
  const object = await context.client.get(kind, { namespace: context.namespace, name });
  if (object === undefined) throw notFound(kind, name);
  return object;
}
