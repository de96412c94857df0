import { isRecord } from "../../../../std/json.ts";
import { badFormat } from "./error.ts";

export type Bag = Readonly<Record<string, unknown>>;

export const PATCH = "$patch";
export const RETAIN_KEYS = "$retainKeys";
const DELETE_FROM = "$deleteFromPrimitiveList";
const ELEMENT_ORDER = "$setElementOrder";

/** The parts of a patch of one map. */
export interface Parts {
  readonly values: ReadonlyMap<string, unknown>;
  readonly deletions: ReadonlyMap<string, readonly unknown[]>;
  readonly orders: ReadonlyMap<string, readonly unknown[]>;
  readonly retainKeys: readonly unknown[] | undefined;
}

export function partsOf(patch: Bag): Parts {
  const values = new Map<string, unknown>();
  const deletions = new Map<string, readonly unknown[]>();
  const orders = new Map<string, readonly unknown[]>();
  for (const [key, value] of Object.entries(patch)) {
    if (key === RETAIN_KEYS) continue;
    if (key.startsWith(DELETE_FROM))
      deletions.set(fieldOf(key, DELETE_FROM, badFormat.primitiveList), list(value, badFormat.primitiveList));
    else if (key.startsWith(ELEMENT_ORDER))
      orders.set(fieldOf(key, ELEMENT_ORDER, badFormat.elementOrder), list(value, badFormat.elementOrder));
    else values.set(key, value);
  }
  const retainKeys = RETAIN_KEYS in patch ? list(patch[RETAIN_KEYS], badFormat.retainKeys) : undefined;
  return { values, deletions, orders, retainKeys };
}

function fieldOf(key: string, prefix: string, error: () => Error): string {
  if (key[prefix.length] !== "/") throw error();
  return key.slice(prefix.length + 1);
}

function list(value: unknown, error: () => Error): readonly unknown[] {
  if (!Array.isArray(value)) throw error();
  return value;
}

export function hasDirective(value: unknown): value is Bag {
  return isRecord(value) && PATCH in value;
}

/** A new member of a map: without nulls and directives. Undefined if a directive drops it. */
export function plain(value: unknown): unknown {
  if (hasDirective(value)) return undefined;
  if (Array.isArray(value)) return value.map(plain).filter((item) => item !== undefined);
  return isRecord(value) ? members(value, plain) : value;
}

/** A new item of a list, or what replaces a map: directives inside lose only their own keys, as upstream does not obey them there. */
export function verbatim(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(verbatim);
  return isRecord(value) ? members(value, verbatim) : value;
}

function members(map: Bag, copy: (value: unknown) => unknown): Bag {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(map)) {
    if (value === null || key === PATCH || key === RETAIN_KEYS || key.startsWith(DELETE_FROM) || key.startsWith(ELEMENT_ORDER)) continue;
    const kept = copy(value);
    if (kept !== undefined && key !== "__proto__") out[key] = kept;
  }
  return out;
}
