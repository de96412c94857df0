import { ATOMIC_STRUCTS } from "./atomic-structs.ts";
import { FACTS, fieldsOf, type Marks } from "./facts.ts";
import { fieldDefault } from "./field-defaults.ts";
import { groupVersionKinds } from "./groups.ts";
import { jsonSchemaProps, scalarDefinitions, SCALAR } from "./scalars.ts";
import { schemaRef, type Definitions, type JsonSchema } from "../meta/schema.ts";

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

const WITHOUT_LIST = /Review$|\.(Scale|Binding|Eviction|TokenRequest)$/;

/** Schemas of the built-in kinds and of everything they consist of. Each is made when it is first read. */
export const builtinDefinitions: Definitions = lazyDefinitions();

function lazyDefinitions(): Definitions {
  const definitions = Object.create(null) as Record<string, JsonSchema>;
  for (const name of Object.keys(FACTS)) {
    lazy(definitions, name, () => makeDefinition(name));
    if (hasList(name)) lazy(definitions, `${name}List`, () => makeList(name));
  }
  for (const [name, schema] of Object.entries(scalarDefinitions)) definitions[name] = schema;
  lazy(definitions, SCALAR.jsonSchemaProps, jsonSchemaProps);
  return definitions;
}

function lazy(target: Record<string, JsonSchema>, name: string, make: () => JsonSchema): void {
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = make();
      Object.defineProperty(target, name, { value, enumerable: true });
      return value;
    },
  });
}

function makeDefinition(name: string): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [field, , type, marks] of fieldsOf(name)) {
    properties[field] = { ...typeSchema(type), ...extensions(marks), ...fieldDefault(name, field) };
    if (marks?.required) required.push(field);
  }
  return {
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(ATOMIC_STRUCTS.has(name) ? { "x-kubernetes-map-type": "atomic" } : {}),
    ...groupVersionKinds(name, isRoot(name)),
  };
}

function makeList(item: string): JsonSchema {
  const properties: Record<string, JsonSchema> = {
    apiVersion: { type: "string" },
    items: { type: "array", items: schemaRef(item) },
    kind: { type: "string" },
    metadata: schemaRef(`${META}ListMeta`),
  };
  return { type: "object", properties, required: ["items"], ...groupVersionKinds(`${item}List`, true) };
}

function isRoot(name: string): boolean {
  return (FACTS[name] ?? []).some((row) => row[3]?.inline === true && row[2] === `#${META}TypeMeta`);
}

function hasList(name: string): boolean {
  return isRoot(name) && !name.startsWith(META) && !WITHOUT_LIST.test(name);
}

/** Types in `[]T`, `map:T` and `#Definition` notation; the rest are scalars. */
function typeSchema(type: string): JsonSchema {
  if (type.startsWith("[]")) return { type: "array", items: typeSchema(type.slice(2)) };
  if (type.startsWith("map:")) return { type: "object", additionalProperties: typeSchema(type.slice(4)) };
  if (type.startsWith("#")) return schemaRef(type.slice(1));
  const scalar = SCALARS[type];
  if (scalar === undefined) throw new Error(`facts.json has a type that is not known: ${type}`);
  return scalar;
}

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  string: { type: "string" },
  bool: { type: "boolean" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  bytes: { type: "string", format: "byte" },
  stringItems: { type: "array", items: { type: "string" } },
  time: schemaRef(SCALAR.time),
  microTime: schemaRef(SCALAR.microTime),
  quantity: schemaRef(SCALAR.quantity),
  intOrString: schemaRef(SCALAR.intOrString),
  rawExtension: schemaRef(SCALAR.rawExtension),
  fieldsV1: schemaRef(SCALAR.fieldsV1),
  jsonSchema: schemaRef(SCALAR.jsonSchemaProps),
};

function extensions(marks: Marks | undefined): Partial<JsonSchema> {
  if (marks === undefined) return {};
  return {
    ...(marks.listType ? { "x-kubernetes-list-type": marks.listType } : {}),
    ...(marks.listMapKeys ? { "x-kubernetes-list-map-keys": marks.listMapKeys } : {}),
    ...(marks.mapType ? { "x-kubernetes-map-type": marks.mapType } : {}),
    ...(marks.patchStrategy ? { "x-kubernetes-patch-strategy": marks.patchStrategy } : {}),
    ...(marks.patchMergeKey ? { "x-kubernetes-patch-merge-key": marks.patchMergeKey } : {}),
  };
}
