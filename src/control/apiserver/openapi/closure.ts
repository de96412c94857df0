import type { Kind } from "../../../api/meta/kind.ts";
import { schemaRef, type Definitions, type JsonSchema } from "../../../api/meta/schema.ts";
import { PATCH_DEFINITION, type PathEntry } from "./operations.ts";

const LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
const PREFIX = "#/components/schemas/";

/** The definitions that operations name and what those refer to, sorted by name. */
export function definitionsFor(paths: readonly PathEntry[], kinds: readonly Kind[], definitions: Definitions): Definitions {
  const roots = paths.flatMap(({ operations }) =>
    operations.flatMap(({ body, answer }) => (body === undefined ? [answer] : [body, answer])),
  );
  const found = new Map<string, JsonSchema>();
  const lists = new Map(kinds.map((kind) => [`${kind.definition}List`, kind]));
  const open = [...new Set(roots)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const schema = definitions[name] ?? own(name, lists);
    if (schema === undefined) continue;
    found.set(name, schema);
    collectRefs(schema, open);
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Lists of custom kinds, and the type of a patch, which no definition has. */
function own(name: string, lists: ReadonlyMap<string, Kind>): JsonSchema | undefined {
  if (name === PATCH_DEFINITION)
    return { type: "object", description: "The body of a PATCH request; its content type says what kind of patch it is." };
  const kind = lists.get(name);
  if (kind === undefined) return undefined;
  return {
    type: "object",
    required: ["items"],
    properties: {
      apiVersion: { type: "string" },
      items: { type: "array", items: schemaRef(kind.definition) },
      kind: { type: "string" },
      metadata: schemaRef(LIST_META),
    },
    "x-kubernetes-group-version-kind": [{ group: kind.group, version: kind.version, kind: `${kind.kind}List` }],
  };
}

function collectRefs(schema: JsonSchema, into: string[]): void {
  if (schema.$ref?.startsWith(PREFIX)) into.push(schema.$ref.slice(PREFIX.length));
  for (const child of children(schema)) collectRefs(child, into);
}

function children({ properties, items, additionalProperties, allOf }: JsonSchema): JsonSchema[] {
  return [
    ...Object.values(properties ?? {}),
    ...(items === undefined ? [] : [items]),
    ...(typeof additionalProperties === "object" ? [additionalProperties] : []),
    ...(allOf ?? []),
  ];
}

/** The schema with each node rewritten, children first. */
export function mapSchema(schema: JsonSchema, rewrite: (node: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, items, additionalProperties, allOf } = schema;
  return rewrite({
    ...schema,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, mapSchema(child, rewrite)])) }),
    ...(items === undefined ? {} : { items: mapSchema(items, rewrite) }),
    ...(typeof additionalProperties === "object" ? { additionalProperties: mapSchema(additionalProperties, rewrite) } : {}),
    ...(allOf === undefined ? {} : { allOf: allOf.map((child) => mapSchema(child, rewrite)) }),
  });
}
