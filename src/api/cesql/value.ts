/** Values and casts of the CloudEvents SQL Expression Language 1.0. */

/** String, 32-bit Integer, Boolean. */
export type Value = string | number | boolean;
export type ValueType = "string" | "number" | "boolean";

/** Error kinds of the specification; the names are those of its test kit. */
export type ErrorKind = "parse" | "math" | "cast" | "missingAttribute" | "missingFunction" | "functionEvaluation" | "generic";

export interface EvaluationError {
  readonly kind: Exclude<ErrorKind, "parse">;
  readonly message: string;
}

export const MAX_INTEGER = 2_147_483_647;
export const MIN_INTEGER = -2_147_483_648;

export const ZERO: Readonly<Record<ValueType, Value>> = { string: "", number: 0, boolean: false };

export function typeOf(value: Value): ValueType {
  return typeof value as ValueType;
}

/** The value as another type, or undefined where the specification has a CastError. */
export function cast(value: Value, type: ValueType): Value | undefined {
  if (typeof value === type) return value;
  if (type === "string") return String(value);
  return type === "number" ? toInteger(value) : toBoolean(value);
}

function toInteger(value: Value): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number" || !/^[+-]?\d{1,11}$/.test(value)) return undefined;
  const integer = Number(value);
  return integer >= MIN_INTEGER && integer <= MAX_INTEGER ? integer : undefined;
}

/** Without a function asking for it, only 0 and 1 are truth values: the test kit wants `NOT 10` to be a CastError. */
function toBoolean(value: Value): boolean | undefined {
  if (typeof value === "number") return value === 0 ? false : value === 1 ? true : undefined;
  const text = String(value).toLowerCase();
  return text === "true" ? true : text === "false" ? false : undefined;
}
