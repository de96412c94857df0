import { resolveSchema, type Definitions, type JsonSchema } from "../../../../api/meta/schema.ts";

/** What strategic merge knows of a place in an object. */
export interface PatchSchema {
  readonly definitions: Definitions;
  /** Resolved; undefined where nothing is known. */
  readonly schema: JsonSchema | undefined;
  /** Of lists: merge or replace as a whole. */
  readonly merges: boolean;
  /** Of maps: taken over as a whole. */
  readonly replaces: boolean;
  /** "" if the items are scalars. */
  readonly mergeKey: string;
}

export function patchSchema(definitions: Definitions, schema: JsonSchema | undefined): PatchSchema {
  const resolved = schema === undefined ? undefined : resolveSchema(definitions, schema);
  const strategies = resolved?.["x-kubernetes-patch-strategy"]?.split(",") ?? [];
  return {
    definitions,
    schema: resolved,
    merges: strategies.includes("merge"),
    replaces: strategies.includes("replace"),
    mergeKey: resolved?.["x-kubernetes-patch-merge-key"] ?? "",
  };
}

export function fieldSchema({ definitions, schema }: PatchSchema, name: string): PatchSchema {
  const properties = schema?.properties;
  const declared = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
  const rest = typeof schema?.additionalProperties === "object" ? schema.additionalProperties : undefined;
  return patchSchema(definitions, declared ?? rest);
}

export function itemSchema({ definitions, schema }: PatchSchema): PatchSchema {
  return patchSchema(definitions, schema?.items);
}
