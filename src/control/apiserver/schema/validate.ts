import { canonicalJson, isRecord } from "../../../std/json.ts";
import type { FieldCause } from "../../../api/meta/kind.ts";
import type { JsonSchema } from "../../../api/meta/schema.ts";
import { fieldPath } from "./path.ts";
import type { SchemaNode } from "./node.ts";

/** More causes than this help nobody; an array of a million wrong items must not become a million texts. */
const MAX_CAUSES = 100;

/** What is wrong with a custom resource by its schema, as causes in Kubernetes' words. */
export function schemaCauses(node: SchemaNode, value: unknown, path: string, causes: FieldCause[]): void {
  if (causes.length >= MAX_CAUSES) return;
  if (value === null && (node.schema.nullable === true || node.isGo)) return;
  if (!hasType(node, value)) {
    causes.push(typeCause(node, value, path));
    return;
  }
  if (Array.isArray(value)) checkArray(node, value, path, causes);
  else if (isRecord(value)) checkObject(node, value, path, causes);
  else if (typeof value === "string") checkString(node.schema, value, path, causes);
  else if (typeof value === "number") checkNumber(node.schema, value, path, causes);
  checkEnum(node.schema, value, path, causes);
}

function hasType(node: SchemaNode, value: unknown): boolean {
  switch (node.type) {
    case "any":
      return true;
    case "object":
    case "map":
      return isRecord(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "intOrString":
      return typeof value === "string" || Number.isInteger(value);
    case "quantity":
      return typeof value === "string" || typeof value === "number";
    case "number":
    case "boolean":
      return typeof value === node.type;
    default:
      return typeof value === "string";
  }
}

const TYPE_NAMES: Partial<Record<SchemaNode["type"], string>> = {
  map: "object",
  intOrString: "integer,string",
  quantity: "integer,string",
  time: "string",
  bytes: "string",
};

function typeCause(node: SchemaNode, value: unknown, path: string): FieldCause {
  const given = JSON.stringify(givenType(value));
  const wanted = TYPE_NAMES[node.type] ?? node.type;
  return {
    reason: "FieldValueTypeInvalid",
    message: `Invalid value: ${given}: ${path} in body must be of type ${wanted}: ${given}`,
    field: path,
  };
}

function givenType(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function checkObject(node: SchemaNode, value: Record<string, unknown>, path: string, causes: FieldCause[]): void {
  for (const name of node.schema.required ?? []) {
    if (value[name] === undefined) causes.push({ reason: "FieldValueRequired", message: "Required value", field: fieldPath(path, name) });
  }
  for (const key of Object.keys(value)) {
    const child = node.type === "map" ? node.element : node.fields.get(key);
    if (child !== undefined && value[key] !== undefined) schemaCauses(child, value[key], fieldPath(path, key), causes);
  }
}

function checkArray(node: SchemaNode, value: readonly unknown[], path: string, causes: FieldCause[]): void {
  const { minItems, maxItems } = node.schema;
  if (maxItems !== undefined && value.length > maxItems) {
    causes.push({ reason: "FieldValueTooMany", message: `Too many: ${value.length}: must have at most ${maxItems} items`, field: path });
    return;
  }
  if (minItems !== undefined && value.length < minItems) {
    causes.push(wrong(path, value.length, `${path} in body should have at least ${minItems} items`));
  }
  value.forEach((item, i) => schemaCauses(node.element, item, `${path}[${i}]`, causes));
  checkUnique(node.schema, value, path, causes);
}

function checkUnique(schema: JsonSchema, value: readonly unknown[], path: string, causes: FieldCause[]): void {
  const listType = schema["x-kubernetes-list-type"];
  if (listType !== "set" && listType !== "map") return;
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    const identity = canonicalJson(listType === "set" ? item : mapKey(schema, item));
    if (seen.has(identity)) causes.push({ reason: "FieldValueDuplicate", message: `Duplicate value: ${identity}`, field: `${path}[${i}]` });
    seen.add(identity);
  }
}

function mapKey(schema: JsonSchema, item: unknown): Record<string, unknown> {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  return Object.fromEntries(
    keys.filter((key) => isRecord(item) && item[key] !== undefined).map((key) => [key, isRecord(item) ? item[key] : null]),
  );
}

function checkString(schema: JsonSchema, value: string, path: string, causes: FieldCause[]): void {
  const { maxLength, minLength, pattern } = schema;
  if (maxLength !== undefined && value.length > maxLength) {
    causes.push({ reason: "FieldValueTooLong", message: `Too long: may not be more than ${maxLength} bytes`, field: path });
  }
  if (minLength !== undefined && value.length < minLength)
    causes.push(wrong(path, value, `${path} in body should be at least ${minLength} chars long`));
  if (pattern !== undefined && !regular(pattern).test(value)) causes.push(wrong(path, value, `${path} in body should match '${pattern}'`));
  if (schema.format === "date-time" && value !== "" && Number.isNaN(Date.parse(value))) {
    causes.push(wrong(path, value, `${path} in body must be of type date-time: ${JSON.stringify(value)}`));
  }
}

function checkNumber(schema: JsonSchema, value: number, path: string, causes: FieldCause[]): void {
  const { maximum, minimum } = schema;
  if (maximum !== undefined && value > maximum)
    causes.push(wrong(path, value, `${path} in body should be less than or equal to ${maximum}`));
  if (minimum !== undefined && value < minimum)
    causes.push(wrong(path, value, `${path} in body should be greater than or equal to ${minimum}`));
  if (schema.format === "int32" && (value > 2 ** 31 - 1 || value < -(2 ** 31))) {
    causes.push(wrong(path, value, `${path} in body must be of type int32: ${JSON.stringify(String(value))}`));
  }
}

function checkEnum(schema: JsonSchema, value: unknown, path: string, causes: FieldCause[]): void {
  if (schema.enum === undefined || schema.enum.some((allowed) => allowed === value)) return;
  const supported = schema.enum.map((allowed) => JSON.stringify(allowed)).join(", ");
  causes.push({
    reason: "FieldValueNotSupported",
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`,
    field: path,
  });
}

function wrong(field: string, value: unknown, why: string): FieldCause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field };
}

const regulars = new Map<string, RegExp>();

function regular(pattern: string): RegExp {
  let made = regulars.get(pattern);
  if (made === undefined) {
    made = new RegExp(pattern, "u");
    regulars.set(pattern, made);
  }
  return made;
}
