import { isRecord } from "../../../std/json.ts";
import { fieldPath } from "./path.ts";
import type { SchemaNode } from "./node.ts";

/**
 * Removes in place what the schema does not know and returns the paths of it in document order. Go-decoded parts also
 * lose their nulls, as Go would: an absent field, an empty element.
 */
export function prune(node: SchemaNode, value: unknown, path: string, unknown: string[]): void {
  if (node.type === "array" && Array.isArray(value)) pruneArray(node, value, path, unknown);
  else if (node.type === "map" && isRecord(value)) pruneMap(node, value, path, unknown);
  else if (node.type === "object" && isRecord(value)) pruneObject(node, value, path, unknown);
}

function pruneObject(node: SchemaNode, value: Record<string, unknown>, path: string, unknown: string[]): void {
  for (const key of Object.keys(value)) {
    const child = node.fields.get(key);
    if (child === undefined) {
      if (!node.preserves) drop(value, key, path, unknown);
    } else if (value[key] === null && dropsNull(child)) delete value[key];
    else prune(child, value[key], fieldPath(path, key), unknown);
  }
}

function drop(value: Record<string, unknown>, key: string, path: string, unknown: string[]): void {
  delete value[key];
  unknown.push(fieldPath(path, key));
}

/** A null that means "not set": Go's, and a custom resource's where a default will stand in. */
function dropsNull(child: SchemaNode): boolean {
  if (child.isGo) return true;
  return child.schema.nullable !== true && child.schema.default !== undefined;
}

function pruneMap(node: SchemaNode, value: Record<string, unknown>, path: string, unknown: string[]): void {
  const element = node.element;
  const isLeaf = element.type !== "object" && element.type !== "array" && element.type !== "map";
  for (const key of Object.keys(value)) {
    if (value[key] === null && node.isGo) value[key] = zero(element);
    else if (!isLeaf) prune(element, value[key], fieldPath(path, key), unknown);
  }
}

function pruneArray(node: SchemaNode, value: unknown[], path: string, unknown: string[]): void {
  const element = node.element;
  const isLeaf = element.type !== "object" && element.type !== "array" && element.type !== "map";
  for (let i = 0; i < value.length; i++) {
    if (value[i] === null && node.isGo) value[i] = zero(element);
    else if (!isLeaf) prune(element, value[i], `${path}[${i}]`, unknown);
  }
}

const ZERO = new Map<SchemaNode["type"], unknown>([
  ["string", ""],
  ["bytes", ""],
  ["quantity", "0"],
  ["integer", 0],
  ["number", 0],
  ["intOrString", 0],
  ["boolean", false],
]);

function zero(element: SchemaNode): unknown {
  if (element.type === "object" || element.type === "map") return {};
  if (element.type === "array") return [];
  return ZERO.get(element.type) ?? null;
}
