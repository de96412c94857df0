import { isRecord } from "../../../../std/json.ts";
import { keyElement, valueElement, type PathElement } from "./path-element.ts";
import { FREE_MAP, type ListModel, type MapModel, type TypeModel } from "./type-model.ts";

export type Item = { readonly kind: "ok"; readonly element: PathElement } | { readonly kind: "invalid"; readonly message: string };

/** The path element of a list item: its value in a set, its keys (with their defaults) in a list of maps. */
export function itemElement(list: ListModel, item: unknown): Item {
  return list.keys.length === 0 ? setItem(item) : keyedItem(list, item);
}

function setItem(item: unknown): Item {
  if (isRecord(item)) return invalid("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) return invalid("not supported: associative list with lists as elements");
  if (item === null) return invalid("associative list without keys has an element that's an explicit null");
  return { kind: "ok", element: valueElement(item) };
}

function keyedItem(list: ListModel, item: unknown): Item {
  if (item === null) return invalid("associative list with keys may not have a null element");
  if (!isRecord(item)) return invalid("associative list with keys may not have non-map elements");
  const fields: [string, unknown][] = [];
  for (const key of list.keys) {
    const value = item[key] ?? list.keyDefaults[key];
    if (value !== undefined) fields.push([key, value]);
  }
  if (fields.length > 0) return { kind: "ok", element: keyElement(fields) };
  const keys = list.keys.map((key) => JSON.stringify(key)).join(" ");
  return invalid(
    `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`,
  );
}

function invalid(message: string): Item {
  return { kind: "invalid", message };
}

/** Items by element, in the order of the list; items of one element (duplicates) stand together. What has no element is left out. */
export function indexItems(list: ListModel, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const index = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const result = itemElement(list, item);
    if (result.kind === "invalid") continue;
    const same = index.get(result.element);
    if (same === undefined) index.set(result.element, [item]);
    else same.push(item);
  }
  return index;
}

/** The model to walk a value with: what is free becomes a map when the value is one. */
export function modelFor(model: TypeModel, value: unknown): TypeModel {
  return model.kind === "leaf" && model.free && isRecord(value) ? FREE_MAP : model;
}

/** The type of a member of a map; undefined if the schema knows nothing of it. */
export function memberType(model: MapModel, name: string): TypeModel | undefined {
  return model.field(name)?.type ?? model.element;
}
