import { SCALAR } from "../k8s/scalars.ts";
import { refName, resolveSchema, type Definitions, type JsonSchema } from "../meta/schema.ts";

const FREE: JsonSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const ANY: JsonSchema = { "x-kubernetes-preserve-unknown-fields": true };

/** Definitions that a CustomResourceDefinition writes in its own way. */
const SPECIAL: Readonly<Record<string, JsonSchema>> = {
  [SCALAR.intOrString]: { "x-kubernetes-int-or-string": true },
  [SCALAR.quantity]: { "x-kubernetes-int-or-string": true },
  [SCALAR.rawExtension]: FREE,
  [SCALAR.fieldsV1]: FREE,
  "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": { type: "object" },
};

/**
 * A definition as a structural schema: references are followed, and the extensions that a CustomResourceDefinition does
 * not have are left out. What refers to itself is free below.
 */
export function structuralSchema(definitions: Definitions, name: string): JsonSchema {
  const { "x-kubernetes-group-version-kind": _kinds, ...root } = definitions[name] ?? { type: "object" as const };
  return structural(definitions, root, new Set([name]));
}

function structural(definitions: Definitions, schema: JsonSchema, above: ReadonlySet<string>): JsonSchema {
  const name = refName(schema);
  if (name === undefined) return mapChildren(definitions, bare(schema), above);
  const special = SPECIAL[name];
  if (special !== undefined) return special;
  if (above.has(name)) return FREE;
  return mapChildren(definitions, bare(resolveSchema(definitions, schema)), new Set([...above, name]));
}

/** Without what the group's OpenAPI document alone has. */
function bare(schema: JsonSchema): JsonSchema {
  const { "x-kubernetes-patch-strategy": _s, "x-kubernetes-patch-merge-key": _k, "x-kubernetes-group-version-kind": _g, ...rest } = schema;
  return rest.type === undefined && !rest["x-kubernetes-int-or-string"] && rest.properties === undefined ? { ...rest, ...ANY } : rest;
}

function mapChildren(definitions: Definitions, schema: JsonSchema, above: ReadonlySet<string>): JsonSchema {
  const { properties, items, additionalProperties: values } = schema;
  const map = (child: JsonSchema) => structural(definitions, child, above);
  return {
    ...schema,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, map(child)])) }),
    ...(items === undefined ? {} : { items: map(items) }),
    ...(typeof values === "object" ? { additionalProperties: map(values) } : {}),
  };
}
