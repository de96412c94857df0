import { deepClone, isRecord } from "../../../std/json.ts";
import type { SchemaNode } from "./node.ts";

/** Puts the defaults that the schema states where fields are absent, from the outside in. */
export function applyDefaults(node: SchemaNode, draft: unknown): void {
  if (!node.hasDefaults) return;
  if (node.type === "object" && isRecord(draft)) defaultFields(node, draft);
  else if (node.type === "array" && Array.isArray(draft)) for (const item of draft) applyDefaults(node.element, item);
  else if (node.type === "map" && isRecord(draft)) for (const item of Object.values(draft)) applyDefaults(node.element, item);
}

function defaultFields(node: SchemaNode, draft: Record<string, unknown>): void {
  for (const [name, child] of node.fields) {
    if (draft[name] === undefined && child.schema.default !== undefined) draft[name] = deepClone(child.schema.default);
    if (draft[name] !== undefined) applyDefaults(child, draft[name]);
  }
}
