import { isRecord } from "../../../std/json.ts";

/**
 * What templates compute with: JSON's values, where numbers are Go's float64, and bigint for Go's int. null is a nil
 * that is there; undefined is nothing at all (a key that is missing). They print alike and differ in errors.
 */
export type GoValue = undefined | null | boolean | number | bigint | string | readonly GoValue[] | { readonly [key: string]: GoValue };

/** What goes wrong while a template runs, before its place is known. */
export class GoError extends Error {}

export function isList(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value);
}

export function isMap(value: GoValue): value is { readonly [key: string]: GoValue } {
  return isRecord(value) && !Array.isArray(value);
}

/** Go's name of the value's type. */
export function typeName(value: GoValue): string {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "bigint":
      return "int";
    case "string":
      return "string";
    default:
      return value === undefined || value === null ? "<nil>" : isList(value) ? "[]interface {}" : "map[string]interface {}";
  }
}

/** What `if` and `and` take for true: everything that is not empty. */
export function isTrue(value: GoValue): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

export function sortedKeys(map: { readonly [key: string]: GoValue }): string[] {
  return Object.keys(map).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
