import { Type, type Static } from "typebox";
import { parseCesql } from "../cesql/parser.ts";
import { CesqlSyntaxError } from "../cesql/syntax.ts";
import { fieldError, invalidKeyName, invalidValue, viaField, viaIndex, type FieldErrors } from "../duck/field-error.ts";
import { optional, stringMap } from "../duck/typebox.ts";

/** One entry of `filters`: exactly one dialect. */
export interface SubscriptionsFilter {
  readonly exact?: Readonly<Record<string, string>> | undefined;
  readonly prefix?: Readonly<Record<string, string>> | undefined;
  readonly suffix?: Readonly<Record<string, string>> | undefined;
  readonly all?: readonly SubscriptionsFilter[] | undefined;
  readonly any?: readonly SubscriptionsFilter[] | undefined;
  readonly not?: SubscriptionsFilter | undefined;
  readonly cesql?: string | undefined;
}

/** `all`, `any` and `not` hold filters again. A schema cannot say that, so validation looks at what they hold. */
const nested = Type.Unsafe<SubscriptionsFilter>({ type: "object", "x-kubernetes-preserve-unknown-fields": true });

const filterSchema = Type.Unsafe<SubscriptionsFilter>(
  Type.Object({
    all: optional(Type.Array(nested)),
    any: optional(Type.Array(nested)),
    cesql: optional(Type.String()),
    exact: optional(stringMap()),
    not: optional(nested),
    prefix: optional(stringMap()),
    suffix: optional(stringMap()),
  }),
);

export const filtersSchema = Type.Array(filterSchema);
/** The older form: equality of all attributes; an empty text asks for the attribute alone. */
export const attributesFilterSchema = Type.Object({ attributes: optional(stringMap()) });
export type AttributesFilter = Static<typeof attributesFilterSchema>;

const ATTRIBUTE = /^[a-z][a-z0-9]*$/;
const NAME_RULE = "Attribute name must start with a letter and can only contain lowercase alphanumeric";
const MAPS = ["exact", "prefix", "suffix"] as const;
const LISTS = ["all", "any"] as const;
const DIALECTS: readonly string[] = [...MAPS, ...LISTS, "not", "cesql"];
const DEEPEST = 32;

/** Relative to `filter`. */
export function validateAttributesFilter(filter: AttributesFilter | undefined): FieldErrors {
  return viaField("attributes", nameFaults(filter?.attributes));
}

/** Relative to `filters`. */
export function validateFilters(filters: readonly SubscriptionsFilter[] | undefined): FieldErrors {
  return listFaults(filters ?? [], 0);
}

function listFaults(filters: readonly unknown[], depth: number): FieldErrors {
  return filters.flatMap((filter, index) => viaIndex(index, filterFaults(filter, depth)));
}

/** What is wrong would match nothing, or, upstream, everything: it is refused. */
function filterFaults(value: unknown, depth: number): FieldErrors {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return invalidValue(JSON.stringify(value), "");
  if (depth > DEEPEST) return fieldError("filters are nested too deeply", "");
  const filter = value as Readonly<Record<string, unknown>>;
  const dialects = DIALECTS.filter((dialect) => filter[dialect] !== undefined);
  if (dialects.length > 1) return fieldError("multiple dialects found, filters can have only one dialect set", "");
  const [dialect] = dialects;
  if (dialect === undefined) return fieldError(`expected exactly one dialect of ${DIALECTS.join(", ")}, got none`, "");
  return viaField(dialect, dialectFaults(dialect, filter[dialect], depth));
}

function dialectFaults(dialect: string, value: unknown, depth: number): FieldErrors {
  if (dialect === "cesql") return cesqlFaults(value);
  if (dialect === "not") return filterFaults(value, depth + 1);
  if (dialect === "all" || dialect === "any") {
    if (!Array.isArray(value) || value.length === 0) return fieldError("expected at least one filter, got none", "");
    return listFaults(value, depth + 1);
  }
  return mapFaults(value);
}

function mapFaults(value: unknown): FieldErrors {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return invalidValue(JSON.stringify(value), "");
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  if (entries.length === 0) return fieldError("expected at least one attribute, got none", "");
  const values = entries.flatMap(([name, text]) => (typeof text === "string" && text !== "" ? [] : invalidValue(text, `[${name}]`)));
  return [...nameFaults(Object.fromEntries(entries)), ...values];
}

function nameFaults(attributes: Readonly<Record<string, unknown>> | undefined): FieldErrors {
  const wrong = Object.keys(attributes ?? {}).filter((name) => !ATTRIBUTE.test(name));
  return wrong.flatMap((name) => invalidKeyName(name, `[${name}]`, NAME_RULE));
}

function cesqlFaults(value: unknown): FieldErrors {
  if (typeof value !== "string" || value.trim() === "") return invalidValue(JSON.stringify(value), "");
  try {
    parseCesql(value);
    return [];
  } catch (error) {
    if (error instanceof CesqlSyntaxError) return invalidValue(value, "", error.message);
    throw error;
  }
}
