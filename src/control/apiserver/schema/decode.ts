import { parseQuantity } from "../../../std/quantity.ts";
import { isRecord } from "../../../std/json.ts";
import { fieldPath } from "./path.ts";
import { goType, jsonKind } from "./go-types.ts";
import type { SchemaNode } from "./node.ts";

/** Where decoding is: the struct around, and the field names from the root (without keys and indices, as in Go). */
interface Place {
  readonly struct: string;
  readonly path: string;
}

const QUANTITY_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const MIN_INT32 = -(2 ** 31);
const MAX_INT32 = 2 ** 31 - 1;

/** The first error that Go would have decoding `value` into the node's type, or undefined. */
export function decodingError(node: SchemaNode, value: unknown): string | undefined {
  return check(node, value, { struct: "", path: "" });
}

function check(node: SchemaNode, value: unknown, place: Place): string | undefined {
  if (value === null || value === undefined) return undefined;
  switch (node.type) {
    case "object":
      return isRecord(value) ? checkFields(node, value, place) : mismatch(node, value, place);
    case "map":
      return isRecord(value) ? checkValues(node, value, place) : mismatch(node, value, place);
    case "array":
      return Array.isArray(value) ? checkItems(node, value, place) : mismatch(node, value, place);
    case "any":
      return undefined;
    default:
      return checkScalar(node, value, place);
  }
}

function checkFields(node: SchemaNode, value: Record<string, unknown>, place: Place): string | undefined {
  const struct = node.struct || place.struct;
  for (const key of Object.keys(value)) {
    const child = node.fields.get(key);
    if (child === undefined || fits(child, value[key])) continue;
    const error = check(child, value[key], { struct, path: fieldPath(place.path, key) });
    if (error !== undefined) return error;
  }
  return undefined;
}

/** The common case without a path to build. */
function fits(node: SchemaNode, value: unknown): boolean {
  return (node.type === "string" && typeof value === "string") || (node.type === "boolean" && typeof value === "boolean");
}

function checkValues(node: SchemaNode, value: Record<string, unknown>, place: Place): string | undefined {
  for (const key of Object.keys(value)) {
    if (fits(node.element, value[key])) continue;
    const error = check(node.element, value[key], place);
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkItems(node: SchemaNode, value: readonly unknown[], place: Place): string | undefined {
  for (const item of value) {
    const error = check(node.element, item, place);
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkScalar(node: SchemaNode, value: unknown, place: Place): string | undefined {
  switch (node.type) {
    case "string":
      return typeof value === "string" ? undefined : mismatch(node, value, place);
    case "boolean":
      return typeof value === "boolean" ? undefined : mismatch(node, value, place);
    case "number":
      return typeof value === "number" ? undefined : mismatch(node, value, place);
    case "integer":
      return checkInteger(node, value, place);
    case "bytes":
      return typeof value === "string" ? base64Error(value) : mismatch(node, value, place);
    case "quantity":
      return checkQuantity(value);
    case "time":
      return typeof value === "string" ? timeError(value) : plain(value, "string");
    default:
      return typeof value === "string" || isInt32(value) ? undefined : plain(value, "int32");
  }
}

function checkInteger(node: SchemaNode, value: unknown, place: Place): string | undefined {
  if (typeof value !== "number") return mismatch(node, value, place);
  const holds = node.schema.format === "int32" ? isInt32(value) : Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  return holds ? undefined : cannotUnmarshal(`number ${value}`, goType(node), place);
}

function isInt32(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= MIN_INT32 && Number(value) <= MAX_INT32;
}

function checkQuantity(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && parseQuantity(text) !== undefined ? undefined : QUANTITY_ERROR;
}

/** Values whose type decodes itself know no field. */
function plain(value: unknown, type: string): string {
  const what = typeof value === "number" && type === "int32" ? `number ${value}` : jsonKind(value);
  return `json: cannot unmarshal ${what} into Go value of type ${type}`;
}

function mismatch(node: SchemaNode, value: unknown, place: Place): string {
  return cannotUnmarshal(jsonKind(value), goType(node), place);
}

function cannotUnmarshal(what: string, type: string, place: Place): string {
  const where = place.struct === "" ? "value" : `struct field ${place.struct}.${place.path}`;
  return `json: cannot unmarshal ${what} into Go ${where} of type ${type}`;
}

const BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/;
const BASE64_PREFIX = /^[A-Za-z0-9+/\r\n]*/;

function base64Error(text: string): string | undefined {
  const significant = text.replace(/[\r\n]/g, "");
  if (BASE64.test(text) && significant.length % 4 === 0) return undefined;
  const good = BASE64_PREFIX.exec(text)?.[0].length ?? 0;
  return `illegal base64 data at input byte ${good < text.length ? good : Math.floor(text.length / 4) * 4}`;
}

const RFC3339 = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const LAYOUT = "2006-01-02T15:04:05Z07:00";

function timeError(text: string): string | undefined {
  if (text === "" || RFC3339.test(text)) return undefined;
  const quoted = JSON.stringify(text);
  return `parsing time ${quoted} as "${LAYOUT}": cannot parse ${quoted} as "2006"`;
}
