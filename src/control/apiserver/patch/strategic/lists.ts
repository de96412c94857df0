import { isRecord } from "../../../../std/json.ts";
import { goText } from "../go-text.ts";
import { hasDirective, PATCH, verbatim, type Bag } from "./directives.ts";
import { noMergeKey, StrategicMergeError, unknownDirective, wrongType } from "./error.ts";
import { itemSchema, type PatchSchema } from "./patch-schema.ts";

/** Merges two maps: lists of maps need it, and it needs lists. */
export type MergeMap = (live: Bag, patch: Bag, schema: PatchSchema) => Bag;

export interface ListPatch {
  readonly live: readonly unknown[];
  readonly patch: readonly unknown[];
  readonly schema: PatchSchema;
  readonly mergeMap: MergeMap;
}

/** A list whose strategy is merge, after the patch: the patch's order first, live items in between keep their place. */
export function mergeList({ live, patch, schema, mergeMap }: ListPatch): readonly unknown[] {
  if (live.length === 0 && patch.length === 0) return live;
  const itemsAreMaps = assertOneType([live, patch]);
  if (!itemsAreMaps) return ordered([...new Set([...live, ...patch])], { first: patch, rest: live, mergeKey: "" });
  if (schema.mergeKey === "") throw new StrategicMergeError(`cannot merge lists without merge key for ${schema.schema?.format ?? ""}`);
  const { kept, additions } = obeyDirectives(live as readonly Bag[], patch as readonly Bag[], schema.mergeKey);
  const merged = mergeItems(kept, additions, { schema, mergeMap });
  return ordered(merged, { first: additions, rest: kept, mergeKey: schema.mergeKey });
}

/** True for maps, false for scalars. Anything mixed, and lists of lists, are refused. */
function assertOneType(lists: readonly (readonly unknown[])[]): boolean {
  const types = new Set(lists.flat().map(typeOf));
  if (types.has("list")) throw new StrategicMergeError("lists of lists are not supported", "unprocessable");
  if (types.size > 1) throw new StrategicMergeError(`list element types are not identical: ${goText(lists)}`);
  return types.has("map");
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return isRecord(value) ? "map" : typeof value;
}

interface Obeyed {
  readonly kept: readonly Bag[];
  readonly additions: readonly Bag[];
}

/** `$patch: delete` removes items, `$patch: replace` all of them. */
function obeyDirectives(live: readonly Bag[], patch: readonly Bag[], mergeKey: string): Obeyed {
  const gone = new Set<unknown>();
  let replaces = false;
  for (const item of patch.filter(hasDirective)) {
    switch (item[PATCH]) {
      case "delete":
        if (!(mergeKey in item)) throw noMergeKey(item, mergeKey);
        gone.add(item[mergeKey]);
        break;
      case "replace":
        replaces = true;
        break;
      case "merge":
        throw new StrategicMergeError("merging lists cannot yet be specified in the patch");
      default:
        throw unknownDirective(item[PATCH], item);
    }
  }
  const additions = patch.filter((item) => !hasDirective(item));
  if (replaces) return { kept: additions.map((item) => verbatim(item) as Bag), additions: [] };
  return { kept: gone.size === 0 ? live : live.filter((item) => !gone.has(item[mergeKey])), additions };
}

function mergeItems(live: readonly Bag[], patch: readonly Bag[], { schema, mergeMap }: Pick<ListPatch, "schema" | "mergeMap">): Bag[] {
  const { mergeKey } = schema;
  const items = itemSchema(schema);
  const out = [...live];
  const places = new Map(out.toReversed().map((item, i) => [item[mergeKey], out.length - 1 - i]));
  for (const item of patch) {
    if (!(mergeKey in item)) throw noMergeKey(item, mergeKey);
    const place = places.get(item[mergeKey]);
    const before = place === undefined ? undefined : out[place];
    if (place !== undefined && before !== undefined) out[place] = mergeMap(before, item, items);
    else places.set(item[mergeKey], out.push(verbatim(item) as Bag) - 1);
  }
  return out;
}

export interface Order {
  /** Wins. */
  readonly first: readonly unknown[];
  /** Decides about what `first` does not name. */
  readonly rest: readonly unknown[];
  readonly mergeKey: string;
}

/** `items` in the order of `first`; those it does not name come before the first one that they preceded in `rest`. */
export function ordered(items: readonly unknown[], { first, rest, mergeKey }: Order): readonly unknown[] {
  const wanted = places(first, mergeKey);
  const known = places(rest, mergeKey);
  const at = (index: ReadonlyMap<unknown, number>, item: unknown): number => index.get(keyOf(item, mergeKey)) ?? -1;
  const named = items.filter((item) => wanted.has(keyOf(item, mergeKey))).toSorted((a, b) => at(wanted, a) - at(wanted, b));
  const others = items.filter((item) => !wanted.has(keyOf(item, mergeKey))).toSorted((a, b) => at(known, a) - at(known, b));
  const out: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const place = at(known, item);
    while (next < others.length && place >= 0 && at(known, others[next]) >= 0 && at(known, others[next]) < place) out.push(others[next++]);
    out.push(item);
  }
  return [...out, ...others.slice(next)];
}

function places(items: readonly unknown[], mergeKey: string): Map<unknown, number> {
  const index = new Map<unknown, number>();
  for (const [i, item] of items.entries()) if (!index.has(keyOf(item, mergeKey))) index.set(keyOf(item, mergeKey), i);
  return index;
}

/** The item itself in a list of scalars, else the value of its merge key, which it must have. */
export function keyOf(item: unknown, mergeKey: string): unknown {
  if (mergeKey === "") return item;
  if (!isRecord(item)) throw wrongType({}, item);
  if (!(mergeKey in item)) throw noMergeKey(item, mergeKey);
  return item[mergeKey];
}
