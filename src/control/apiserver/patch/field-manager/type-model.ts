import { fieldsOf, isEmbeddedStruct } from "../../../../api/k8s/facts.ts";
import { refName, resolveSchema, schemaRef, type Definitions, type JsonSchema } from "../../../../api/meta/schema.ts";

/** How ownership sees a value: the part of a schema that says where fields end. */
export type TypeModel = LeafModel | MapModel | ListModel;

/** Owned as a whole: scalars and atomic values. `accepts` is what a scalar must be, undefined for anything. */
export interface LeafModel {
  readonly kind: "leaf";
  readonly accepts: "string" | "number" | "boolean" | "scalar" | "map" | "list" | undefined;
  /** What is inside an atomic map or list; validation alone looks at it. */
  readonly inside: MapModel | ListModel | undefined;
  /** Granular all the way down as far as the value has maps: nothing is known about the type. */
  readonly free: boolean;
}

export interface MapModel {
  readonly kind: "map";
  field(name: string): FieldModel | undefined;
  /** Fields that always have a value, an empty map if need be. */
  readonly embedded: readonly string[];
  /** Values under keys that are no declared field; undefined if there may be none. */
  readonly element: TypeModel | undefined;
}

export interface FieldModel {
  readonly type: TypeModel;
  /** An absent value is written as null or zero by the type's owner, so absent and zero are the same. */
  readonly bare: boolean;
}

export interface ListModel {
  readonly kind: "list";
  /** Names of the fields that identify an item, sorted; empty for a set of scalars. */
  readonly keys: readonly string[];
  readonly keyDefaults: Readonly<Record<string, unknown>>;
  readonly element: TypeModel;
}

const leaf = (accepts: LeafModel["accepts"], inside?: LeafModel["inside"]): LeafModel => ({ kind: "leaf", accepts, inside, free: false });

const ANYTHING: LeafModel = leaf(undefined);
const SCALARS = { string: leaf("string"), integer: leaf("number"), number: leaf("number"), boolean: leaf("boolean") } as const;
const ANY_SCALAR = leaf("scalar");
const FREE: LeafModel = { kind: "leaf", accepts: undefined, inside: undefined, free: true };
export const FREE_MAP: MapModel = { kind: "map", field: () => undefined, embedded: [], element: FREE };

const cache = new WeakMap<Definitions, Map<string, TypeModel>>();

/** The model of a definition. Made once a definition, its fields when they are first met. */
export function typeModel(definitions: Definitions, definition: string): TypeModel {
  let models = cache.get(definitions);
  if (models === undefined) cache.set(definitions, (models = new Map()));
  let model = models.get(definition);
  if (model === undefined) {
    model = compileResolved(definitions, resolveSchema(definitions, schemaRef(definition)), definition);
    models.set(definition, model);
  }
  return model;
}

/** `owner` is the definition that the schema stands in, for what only built-in types have. */
function compile(definitions: Definitions, schema: JsonSchema, owner: string): TypeModel {
  const target = refName(schema);
  if (target !== undefined && isPlainReference(schema)) return typeModel(definitions, target);
  return compileResolved(definitions, resolveSchema(definitions, schema), target ?? owner);
}

function compileResolved(definitions: Definitions, resolved: JsonSchema, name: string): TypeModel {
  if (resolved["x-kubernetes-int-or-string"] || resolved.format === "int-or-string") return ANY_SCALAR;
  if (resolved.type === "array") return compileList(definitions, resolved, name);
  if (resolved.type === "object" || resolved.properties !== undefined) return compileMap(definitions, resolved, name);
  if (resolved["x-kubernetes-preserve-unknown-fields"]) return FREE;
  if (name.endsWith(".Quantity")) return ANY_SCALAR;
  return resolved.type === undefined ? ANYTHING : SCALARS[resolved.type];
}

const BESIDE = ["x-kubernetes-map-type", "x-kubernetes-list-type", "x-kubernetes-preserve-unknown-fields", "properties"] as const;

/** Does the node only refer, or does something beside the reference change how the target is owned? */
function isPlainReference(schema: JsonSchema): boolean {
  return BESIDE.every((extension) => schema[extension] === undefined);
}

function compileList(definitions: Definitions, schema: JsonSchema, owner: string): TypeModel {
  const merges = schema["x-kubernetes-patch-strategy"]?.split(",").includes("merge") ?? false;
  const mergeKey = schema["x-kubernetes-patch-merge-key"];
  const type = schema["x-kubernetes-list-type"] ?? (merges ? (mergeKey === undefined ? "set" : "map") : "atomic");
  const keys = type === "map" ? (schema["x-kubernetes-list-map-keys"] ?? (mergeKey === undefined ? [] : [mergeKey])) : [];
  const items = schema.items ?? {};
  const model: ListModel = {
    kind: "list",
    keys: keys.toSorted(),
    keyDefaults: keyDefaults(definitions, items, keys),
    get element() {
      const element = compile(definitions, items, owner);
      Object.defineProperty(this, "element", { value: element });
      return element;
    },
  };
  return type === "atomic" ? leaf("list", model) : model;
}

function keyDefaults(definitions: Definitions, items: JsonSchema, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (keys.length === 0) return {};
  const properties = resolveSchema(definitions, items).properties ?? {};
  const known = keys.flatMap((key) => {
    const property = properties[key];
    return property?.default === undefined ? [] : [[key, property.default] as const];
  });
  return Object.fromEntries(known);
}

function compileMap(definitions: Definitions, schema: JsonSchema, owner: string): TypeModel {
  const properties = schema.properties;
  const rest = schema.additionalProperties;
  const preserves = schema["x-kubernetes-preserve-unknown-fields"] === true || rest === true;
  if (properties === undefined && (rest === undefined || rest === false)) {
    if (preserves) return FREE;
    if (isBuiltIn(owner)) return ANYTHING;
  }
  const model: MapModel = {
    kind: "map",
    field: fieldLookup(definitions, schema, owner),
    embedded: properties === undefined ? [] : embeddedFields(owner),
    get element() {
      const element = typeof rest === "object" ? compile(definitions, rest, owner) : preserves ? FREE : undefined;
      Object.defineProperty(this, "element", { value: element });
      return element;
    },
  };
  return schema["x-kubernetes-map-type"] === "atomic" ? leaf("map", model) : model;
}

/** Built-in types are Go structs on the other side; custom resources are free-form there and have no embedded fields. */
function isBuiltIn(definition: string): boolean {
  return definition.startsWith("io.k8s.");
}

/** For ownership it matters that these have a value anyway: setting something inside does not add the field itself. */
function embeddedFields(definition: string): string[] {
  return fieldsOf(definition).flatMap((row) => (isEmbeddedStruct(row) ? [row[0]] : []));
}

function fieldLookup(definitions: Definitions, schema: JsonSchema, owner: string): MapModel["field"] {
  const fields = new Map<string, FieldModel>();
  const { properties = {}, required = [] } = schema;
  return (name) => {
    const known = fields.get(name);
    if (known !== undefined) return known;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) return undefined;
    const field = { type: compile(definitions, property, owner), bare: isBuiltIn(owner) && required.includes(name) };
    fields.set(name, field);
    return field;
  };
}
