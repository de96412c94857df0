import { Type, type TSchema } from "typebox";
import type { ObjectMeta } from "../meta/object.ts";
import type { Kind, KindRef } from "../meta/kind.ts";
import type { JsonSchema } from "../meta/schema.ts";
import { optional, ref, toJsonSchema } from "./typebox.ts";

export const objectMetaSchema = ref<ObjectMeta>("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");

/** Schema of a whole object with this spec and status. */
export function objectSchema<S extends TSchema, T extends TSchema>(spec: S, status: T) {
  return Type.Object({
    apiVersion: optional(Type.String()),
    kind: optional(Type.String()),
    metadata: objectMetaSchema,
    spec,
    status: optional(status),
  });
}

/** Name of a definition as an API server derives it: the reversed group, version, kind. */
export function definitionName(ref: Pick<KindRef, "group" | "version" | "kind">): string {
  return `${ref.group.split(".").toReversed().join(".")}.${ref.version}.${ref.kind}`;
}

/** `definition` and `definitions` of a kind, for spreading into its declaration. Metadata and spec may be left out by clients. */
export function definitionOf(ref: KindRef, description: string, schema: TSchema): Pick<Kind, "definition" | "definitions"> {
  const name = definitionName(ref);
  const { required: _required, ...plain } = toJsonSchema(schema);
  const definition: JsonSchema = {
    ...plain,
    description,
    "x-kubernetes-group-version-kind": [{ group: ref.group, version: ref.version, kind: ref.kind }],
  };
  return { definition: name, definitions: { [name]: definition } };
}
