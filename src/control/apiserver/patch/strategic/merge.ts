import type { Definitions } from "../../../../api/meta/schema.ts";
import { isRecord } from "../../../../std/json.ts";
import { goText } from "../go-text.ts";
import { hasDirective, partsOf, PATCH, plain, verbatim, type Bag, type Parts } from "./directives.ts";
import { badFormat, StrategicMergeError, unknownDirective, wrongType } from "./error.ts";
import { keyOf, mergeList, ordered } from "./lists.ts";
import { fieldSchema, patchSchema, type PatchSchema } from "./patch-schema.ts";

export type StrategicMergeResult =
  | { readonly kind: "ok"; readonly object: Bag }
  | { readonly kind: "refused"; readonly reason: StrategicMergeError["reason"]; readonly message: string };

export interface StrategicMergeRequest {
  readonly definitions: Definitions;
  /** Name of the object's definition. */
  readonly definition: string;
  readonly live: Bag;
  readonly patch: Bag;
}

/** Kubernetes' strategic merge patch: lists merge by the key that the schema states. Neither argument is changed. */
export function strategicMerge({ definitions, definition, live, patch }: StrategicMergeRequest): StrategicMergeResult {
  try {
    const schema = patchSchema(definitions, definitions[definition]);
    return { kind: "ok", object: mergeMap(live, patch, schema) };
  } catch (error) {
    if (error instanceof StrategicMergeError) return { kind: "refused", reason: error.reason, message: error.message };
    throw error;
  }
}

function mergeMap(live: Bag, patch: Bag, schema: PatchSchema): Bag {
  if (hasDirective(patch)) return obeyDirective(patch);
  const parts = partsOf(patch);
  const out: Record<string, unknown> = retained(live, parts);
  for (const [name, order] of parts.orders) mergeInOrder(out, name, { order, parts, schema });
  for (const [name, items] of parts.deletions) if (Array.isArray(out[name])) out[name] = without(out[name], items);
  for (const [name, value] of parts.values) if (!parts.orders.has(name)) mergeField(out, name, { value, schema });
  return out;
}

function obeyDirective(patch: Bag): Bag {
  switch (patch[PATCH]) {
    case "replace":
      return verbatim(patch) as Bag;
    case "delete":
      return {};
    default:
      throw unknownDirective(patch[PATCH], patch);
  }
}

/** `$retainKeys` names the only keys that may stay. The patch may not set others. */
function retained(live: Bag, { retainKeys, values }: Parts): Record<string, unknown> {
  if (retainKeys === undefined) return { ...live };
  const kept = new Set(retainKeys);
  for (const [name, value] of values) if (value !== null && !kept.has(name)) throw badFormat.retainKeys();
  return Object.fromEntries(Object.entries(live).filter(([name]) => kept.has(name)));
}

interface FieldPatch {
  readonly value: unknown;
  readonly schema: PatchSchema;
}

function mergeField(out: Record<string, unknown>, name: string, { value, schema }: FieldPatch): void {
  if (name === "__proto__") return;
  const live = Object.hasOwn(out, name) ? out[name] : undefined;
  const field = fieldSchema(schema, name);
  const merged = value === null ? undefined : mergeValue(live, value, field);
  if (merged === undefined) delete out[name];
  else out[name] = merged;
}

function mergeValue(live: unknown, value: unknown, field: PatchSchema): unknown {
  if (isRecord(live) && isRecord(value)) return field.replaces ? value : mergeMap(live, value, field);
  if (Array.isArray(live) && Array.isArray(value)) return field.merges ? mergeList({ live, patch: value, schema: field, mergeMap }) : value;
  return plain(value);
}

function without(list: readonly unknown[], items: readonly unknown[]): readonly unknown[] {
  const gone = new Set(items);
  return list.filter((item) => !gone.has(item));
}

interface OrderedPatch {
  readonly order: readonly unknown[];
  readonly parts: Parts;
  readonly schema: PatchSchema;
}

/** `$setElementOrder/<name>`: the list is merged as ever and then sorted as the directive says. */
function mergeInOrder(out: Record<string, unknown>, name: string, { order, parts, schema }: OrderedPatch): void {
  const field = fieldSchema(schema, name);
  const live = Object.hasOwn(out, name) ? out[name] : undefined;
  const patch = parts.values.get(name);
  if (live !== undefined && !Array.isArray(live)) throw wrongType([], live);
  if (patch !== undefined && !Array.isArray(patch)) throw wrongType([], patch);
  if (patch !== undefined) assertSameOrder(patch, order, field.mergeKey);
  const merged = patch === undefined ? live : live === undefined ? plain(patch) : mergeValue(live, patch, field);
  if (!Array.isArray(merged)) return;
  if ((live ?? []).length === 0 && (patch ?? []).length === 0) throw new StrategicMergeError("no elements in any of the given slices");
  out[name] = ordered(merged, { first: order, rest: serverOrder(live ?? [], patch ?? [], field.mergeKey), mergeKey: field.mergeKey });
}

/**
 * The order in which items stand that the directive does not name. Where the patch deletes items, those that it adds take their
 * places: upstream reuses the memory of the live list there, and clients have come to see the outcome.
 */
function serverOrder(live: readonly unknown[], patch: readonly unknown[], mergeKey: string): readonly unknown[] {
  const directives = patch.filter(hasDirective);
  if (mergeKey === "" || directives.length === 0 || directives.some((item) => item[PATCH] === "replace")) return live;
  const key = (item: unknown): unknown => (isRecord(item) ? item[mergeKey] : undefined);
  const gone = new Set(directives.map(key));
  const kept = live.filter((item) => !gone.has(key(item)));
  const known = new Set(kept.map(key));
  const added = patch.filter((item) => !hasDirective(item) && !known.has(key(item)));
  return [...kept, ...added].slice(0, live.length);
}

/** What the patch sets must be in the order list, and in its order. A directive behind the last of it counts as missing, as upstream. */
function assertSameOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const items = patch.filter((item) => !hasDirective(item) || item[PATCH] !== "delete");
  let i = 0;
  let next = 0;
  while (i < items.length && next < order.length) {
    if (hasDirective(items[i])) i++;
    else if (keyOf(items[i], mergeKey) === keyOf(order[next++], mergeKey)) i++;
  }
  if (i === items.length) return;
  const text = `The order in patch list:\n${goText(patch)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`;
  throw new StrategicMergeError(text);
}
