/**
 * The part of JSON Schema (OpenAPI v3 flavour) that Kubernetes uses, with its extensions. One tree of these per
 * definition drives pruning, defaulting, validation, OpenAPI documents, strategic merge and server-side apply.
 * `$ref` is always `#/components/schemas/<definition>`.
 */
export interface JsonSchema {
  readonly $ref?: string;
  readonly allOf?: readonly JsonSchema[];
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-group-version-kind"?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
}

/** All definitions by name, e.g. `io.k8s.api.core.v1.Pod`. */
export type Definitions = Readonly<Record<string, JsonSchema>>;

const PREFIX = "#/components/schemas/";

export function schemaRef(definition: string): JsonSchema {
  return { $ref: PREFIX + definition };
}

/** The definition that a node refers to (directly or through a single-member `allOf`), else undefined. */
export function refName(schema: JsonSchema): string | undefined {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return ref?.startsWith(PREFIX) ? ref.slice(PREFIX.length) : undefined;
}

/** The node itself, with its reference followed. Extensions that stand beside the reference win. */
export function resolveSchema(definitions: Definitions, schema: JsonSchema): JsonSchema {
  const name = refName(schema);
  if (name === undefined) return schema;
  const target = definitions[name];
  if (target === undefined) return {};
  const { $ref: _ref, allOf: _allOf, ...beside } = schema;
  return { ...resolveSchema(definitions, target), ...beside };
}
