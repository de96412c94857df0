import { isRecord } from "../../../../std/json.ts";
import { indexItems, itemElement, memberType, modelFor } from "./items.ts";
import type { ListModel, MapModel, TypeModel } from "./type-model.ts";
import type { PathElement } from "./path-element.ts";

/**
 * The configuration laid over the live value: maps and lists of maps merge by field and key, everything else is taken from the
 * configuration. The order of list items is the configuration's, live items in between stay where they were.
 */
export function mergeValues(type: TypeModel, live: unknown, config: unknown): unknown {
  if (config === undefined) return live;
  if (live === undefined) return config;
  const model = modelFor(type, config);
  if (model.kind === "map" && isRecord(live) && isRecord(config)) return mergeMaps(model, live, config);
  if (model.kind === "list" && Array.isArray(live) && Array.isArray(config)) return mergeLists(model, live, config);
  return keepsLive(model, live, config) ? live : config;
}

/** An empty or null map or list in the configuration does not take away what is there. */
function keepsLive(model: TypeModel, live: unknown, config: unknown): boolean {
  if (model.kind === "leaf" || isEmptyValue(live)) return false;
  return config === null || isEmptyValue(config);
}

function isEmptyValue(value: unknown): boolean {
  if (value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}

function mergeMaps(model: MapModel, live: Record<string, unknown>, config: Record<string, unknown>): unknown {
  const out: Record<string, unknown> = { ...live };
  for (const [name, value] of Object.entries(config)) {
    const type = memberType(model, name);
    const mine = Object.hasOwn(live, name) ? live[name] : undefined;
    const merged = type === undefined ? value : mergeValues(type, mine, value);
    if (name !== "__proto__") out[name] = merged;
  }
  return out;
}

function mergeLists(list: ListModel, live: readonly unknown[], config: readonly unknown[]): unknown {
  const mine = indexItems(list, live);
  const other = indexItems(list, config);
  const merge = (element: PathElement): unknown => {
    const before = mine.get(element) ?? [];
    return mergeValues(list.element, before.length === 1 ? before[0] : undefined, other.get(element)?.[0]);
  };
  return mergeOrders(positions(list, live), [...other.keys()], { merge, live });
}

function positions(list: ListModel, items: readonly unknown[]): PathElement[] {
  return items.map((item, i) => {
    const result = itemElement(list, item);
    return result.kind === "ok" ? result.element : `i:${i}`;
  });
}

interface OrderOptions {
  readonly merge: (element: PathElement) => unknown;
  readonly live: readonly unknown[];
}

/** Walks both orders at once: shared items come in the configuration's order, live ones keep their place between them. */
function mergeOrders(mine: readonly PathElement[], other: readonly PathElement[], { merge, live }: OrderOptions): unknown[] {
  const present = new Set(mine);
  const shared = other.filter((element) => present.has(element));
  const wanted = new Set(other);
  const done = new Set<PathElement>();
  const out: unknown[] = [];
  let l = 0;
  let r = 0;
  let next = 0;
  const take = (element: PathElement): void => {
    out.push(merge(element));
    done.add(element);
    if (shared[next] === element) next++;
  };
  while (l < mine.length || r < other.length) {
    const left = mine[l];
    const right = other[r];
    if (left !== undefined && left === right) {
      take(left);
      l++;
      r++;
    } else if (left !== undefined && !wanted.has(left)) {
      out.push(live[l++]);
    } else if (left !== undefined && right !== undefined && next < shared.length && shared[next] !== left) {
      l++;
    } else {
      if (left !== undefined && done.has(left)) l++;
      if (right !== undefined) {
        take(right);
        r++;
      } else if (left !== undefined && !done.has(left)) l++;
    }
  }
  return out;
}
