import type { JsonSchema } from "../meta/schema.ts";

/** Texts by field; the one of `""` is about the type itself. */
export type FieldTexts = Readonly<Record<string, string>>;

/** Texts about types whose definitions begin with the same prefix. Names without a dot have it left out. */
export interface DescribedGroup {
  /** e.g. `io.k8s.api.core.v1.` */
  readonly prefix: string;
  readonly types: Readonly<Record<string, FieldTexts>>;
  /** Type -> another type, whose texts hold for the fields of which the type itself says nothing. */
  readonly bases?: Readonly<Record<string, string>>;
  /** `Type.field` -> type of the value (of a list: of its items), where the schema writes it in place and names no definition. */
  readonly members?: Readonly<Record<string, string>>;
}

/** Texts of all groups by full names. */
export interface Descriptions {
  readonly types: ReadonlyMap<string, FieldTexts>;
  readonly bases: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<string, string>;
}

/** The definition of that name with a text on everything that we have one for. */
export type Describe = (name: string, schema: JsonSchema) => JsonSchema;

/** Bases of what has group, version and kind of its own. */
const OBJECT_TYPE = "Object";
const LIST_TYPE = "List";

export function descriptionsOf(groups: readonly DescribedGroup[]): Descriptions {
  const types = new Map<string, FieldTexts>();
  const bases = new Map<string, string>();
  const members = new Map<string, string>();
  for (const group of groups) {
    const full = (name: string) => (name.includes(".") ? name : group.prefix + name);
    for (const [name, texts] of Object.entries(group.types))
      types.set(group.prefix + name, { ...types.get(group.prefix + name), ...texts });
    for (const [name, base] of Object.entries(group.bases ?? {})) bases.set(group.prefix + name, full(base));
    for (const [name, type] of Object.entries(group.members ?? {})) members.set(group.prefix + name, full(type));
  }
  return { types, bases, members };
}

/** What a schema says of itself stays. */
export function describeWith(descriptions: Descriptions): Describe {
  return (name, schema) => {
    const root = schema["x-kubernetes-group-version-kind"] === undefined ? undefined : rootType(schema);
    return describeType({ descriptions, name, root }, schema);
  };
}

function rootType({ properties }: JsonSchema): string {
  return properties?.["items"] === undefined ? OBJECT_TYPE : LIST_TYPE;
}

interface Place {
  readonly descriptions: Descriptions;
  readonly name: string;
  /** Whose texts hold when neither the type nor its bases have one. */
  readonly root: string | undefined;
}

function describeType(place: Place, schema: JsonSchema): JsonSchema {
  const { properties, description } = schema;
  const own = description ?? textOf(place, "");
  return {
    ...schema,
    ...(own === undefined ? {} : { description: own }),
    ...(properties === undefined ? {} : { properties: describeFields(place, properties) }),
  };
}

function describeFields(place: Place, properties: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(properties).map(([field, schema]) => {
      const description = schema.description ?? textOf(place, field);
      const member = memberOf(place, field);
      const inner = member === undefined ? schema : describeMember({ ...place, name: member, root: undefined }, schema);
      return [field, description === undefined ? inner : { ...inner, description }];
    }),
  );
}

/** The fields of a value that the schema writes in place: itself, an item of a list, a value of a map. */
function describeMember(place: Place, schema: JsonSchema): JsonSchema {
  const { items, properties, additionalProperties: values } = schema;
  if (properties !== undefined) return { ...schema, properties: describeFields(place, properties) };
  if (items !== undefined) return { ...schema, items: describeMember(place, items) };
  return typeof values === "object" ? { ...schema, additionalProperties: describeMember(place, values) } : schema;
}

function textOf({ descriptions, name, root }: Place, field: string): string | undefined {
  for (const type of withBases(descriptions, name)) {
    const text = descriptions.types.get(type)?.[field];
    if (text !== undefined) return text;
  }
  return root === undefined ? undefined : descriptions.types.get(root)?.[field];
}

function memberOf({ descriptions, name }: Place, field: string): string | undefined {
  for (const type of withBases(descriptions, name)) {
    const member = descriptions.members.get(`${type}.${field}`);
    if (member !== undefined) return member;
  }
  return undefined;
}

/** The type, its base, the base of that. */
function withBases(descriptions: Descriptions, name: string): string[] {
  const base = descriptions.bases.get(name);
  return base === undefined ? [name] : [name, ...withBases(descriptions, base)];
}
