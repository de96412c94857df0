/** The functions that templates may call: Go's own, and those that kubectl adds. */
import { sprint, sprintf, sprintln } from "./format.ts";
import { GoError, isList, isMap, isTrue, typeName, type GoValue } from "./values.ts";

export interface TemplateFunction {
  /** At least so many arguments, and at most `most` when that is given. */
  readonly least: number;
  readonly most?: number;
  /** Whether the first argument must be text. */
  readonly textFirst?: boolean;
  readonly call: (...args: GoValue[]) => GoValue;
}

/** `and` and `or` are here for their names; they are evaluated argument by argument. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction | undefined>> = {
  __proto__: null as unknown as undefined,
  and: { least: 1, call: (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1) },
  or: { least: 1, call: (...args) => args.find(isTrue) ?? args.at(-1) },
  not: exactly(1, (value) => !isTrue(value)),
  len: exactly(1, length),
  index: { least: 1, call: index },
  slice: { least: 1, most: 4, call: slice },
  print: { least: 0, call: (...args) => sprint(args) },
  println: { least: 0, call: (...args) => sprintln(args) },
  printf: { least: 1, textFirst: true, call: (format, ...args) => sprintf(String(format), args) },
  html: { least: 0, call: (...args) => escapeHtml(textOf(args)) },
  js: { least: 0, call: (...args) => escapeScript(textOf(args)) },
  urlquery: { least: 0, call: (...args) => escapeQuery(textOf(args)) },
  eq: { least: 1, call: equal },
  ne: exactly(2, (a, b) => !equal(a, b)),
  lt: exactly(2, less),
  le: exactly(2, (a, b) => less(a, b) || equal(a, b)),
  gt: exactly(2, (a, b) => !(less(a, b) || equal(a, b))),
  ge: exactly(2, (a, b) => !less(a, b)),
  exists: { least: 1, call: exists },
  base64decode: { ...exactly(1, (value) => decodeBase64(String(value))), textFirst: true },
};

function exactly(count: number, call: TemplateFunction["call"]): TemplateFunction {
  return { least: count, most: count, call };
}

/** Go says so when something that is nothing is asked for its type. */
const ZERO_VALUE = "reflect: call of reflect.Value.Type on zero Value";

function length(value: GoValue): bigint {
  if (typeof value === "string") return BigInt(Buffer.byteLength(value));
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(Object.keys(value).length);
  if (value === null) throw new GoError("len of nil pointer");
  throw new GoError(value === undefined ? ZERO_VALUE : `len of type ${typeName(value)}`);
}

function index(item: GoValue, ...indices: GoValue[]): GoValue {
  if (item === undefined || item === null) throw new GoError("index of untyped nil");
  return indices.reduce<GoValue>(indexOne, item);
}

function indexOne(item: GoValue, at: GoValue): GoValue {
  if (item === null || item === undefined) throw new GoError("index of nil pointer");
  if (isMap(item)) {
    if (isNothing(at)) throw new GoError("value is nil; should be of type string");
    if (typeof at !== "string") throw new GoError(`value has type ${typeName(at)}; should be string`);
    return Object.hasOwn(item, at) ? item[at] : null;
  }
  if (typeof item === "string") return BigInt(Buffer.from(item)[element(at, Buffer.byteLength(item), "string")] ?? 0);
  if (isList(item)) return item[element(at, item.length, "slice")];
  throw new GoError(`can't index item of type ${typeName(item)}`);
}

/** Go finds out late that the position behind the last one is none. */
function element(at: GoValue, count: number, what: string): number {
  const index = position(at, count);
  if (index === count) throw new GoError(`reflect: ${what} index out of range`);
  return index;
}

function position(at: GoValue, last: number): number {
  if (at === undefined || at === null) throw new GoError("cannot index slice/array with nil");
  if (typeof at !== "bigint") throw new GoError(`cannot index slice/array with type ${typeName(at)}`);
  if (at < 0n || at > last) throw new GoError(`index out of range: ${at}`);
  return Number(at);
}

function slice(item: GoValue, ...indices: GoValue[]): GoValue {
  if (item === undefined || item === null) throw new GoError("slice of untyped nil");
  if (typeof item !== "string" && !isList(item)) throw new GoError(`can't slice item of type ${typeName(item)}`);
  if (typeof item === "string" && indices.length === 3) throw new GoError("cannot 3-index slice a string");
  const whole = typeof item === "string" ? Buffer.byteLength(item) : item.length;
  const [from = 0, to = whole] = indices.map((at) => position(at, whole));
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`);
  return typeof item === "string" ? Buffer.from(item).subarray(from, to).toString() : item.slice(from, to);
}

/** Whether the first is one of the others. */
function equal(first: GoValue, ...others: GoValue[]): boolean {
  if (others.length === 0) throw new GoError("missing argument for comparison");
  return others.some((other) => same(first, other));
}

function same(a: GoValue, b: GoValue): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (typeof a !== typeof b) throw incompatible(a, b);
  if (typeof a === "object") throw new GoError(`non-comparable type ${sprintf("%s", [a])}: ${typeName(a)}`);
  return a === b;
}

function isNothing(value: GoValue): value is undefined | null {
  return value === undefined || value === null;
}

function incompatible(a: GoValue, b: GoValue): GoError {
  return new GoError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

function less(a: GoValue, b: GoValue): boolean {
  for (const value of [a, b]) {
    if (isNothing(value) || typeof value === "object") throw new GoError("invalid type for comparison");
  }
  if (typeof a !== typeof b) throw incompatible(a, b);
  if (typeof a === "boolean") throw new GoError("invalid type for comparison");
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(String(b))) < 0;
  return (a as number) < (b as number);
}

/** Whether the path of keys and indices leads to something. */
function exists(item: GoValue, ...indices: GoValue[]): boolean {
  let current = item;
  for (const at of indices) {
    if (isMap(current) && typeof at === "string" && Object.hasOwn(current, at)) current = current[at];
    else if (isList(current) && typeof at === "bigint" && at >= 0n && at < current.length) current = current[Number(at)];
    else return false;
  }
  return current !== undefined;
}

function decodeBase64(value: string): string {
  const decoded = Buffer.from(value, "base64");
  if (decoded.toString("base64") === value) return decoded.toString();
  const bad = /[^A-Za-z0-9+/]/.exec(value)?.index ?? value.length - (value.length % 4);
  throw new GoError(`base64 decode failed: illegal base64 data at input byte ${bad}`);
}

function textOf(args: readonly GoValue[]): string {
  const [only] = args;
  return args.length === 1 && typeof only === "string" ? only : sprint(args.map((arg) => arg ?? "<no value>"));
}

const HTML: Readonly<Record<string, string>> = { '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\uFFFD" };

function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- a NUL is one of them
  return text.replaceAll(/["'&<>\0]/g, (char) => HTML[char] ?? char);
}

const SCRIPT: Readonly<Record<string, string>> = { "\\": "\\\\", "'": "\\'", '"': '\\"' };

function escapeScript(text: string): string {
  return text.replaceAll(/[\\'"<>&=]|\p{Cc}/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return SCRIPT[char] ?? `\\u${code}`;
  });
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
