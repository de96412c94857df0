import { isRecord } from "../../../../std/json.ts";
import { EMPTY, sortElements, type FieldsV1 } from "./fields-v1.ts";
import { indexItems, modelFor } from "./items.ts";
import { fieldElement, SELF, type PathElement } from "./path-element.ts";
import type { FieldModel, ListModel, MapModel, TypeModel } from "./type-model.ts";

export type Bag = Readonly<Record<string, unknown>>;

export const NOTHING: Bag = Object.freeze({});

/** A value with everything that it consists of: what is owned when all of it was added, or lost when it was removed. */
export function wholeSet(type: TypeModel, value: unknown): FieldsV1 {
  const model = modelFor(type, value);
  if (model.kind === "leaf" || isBlank(value)) return EMPTY;
  return model.kind === "map" ? mapSet(model, asMap(value)) : listSet(model, asList(value));
}

function mapSet(model: MapModel, map: Bag): FieldsV1 {
  const names = Object.keys(map);
  for (const name of model.embedded) if (!Object.hasOwn(map, name)) names.push(name);
  const out: Record<PathElement, FieldsV1> = {};
  for (const name of names.sort()) {
    const field = model.field(name);
    const type = field?.type ?? model.element;
    const said = own(map, name);
    const value = said === undefined ? emptyValue(model, name, field) : said;
    if (type !== undefined && value !== undefined) out[fieldElement(name)] = wholeSet(type, value);
  }
  return withSelf(out);
}

/** Duplicates of one element are owned as one leaf. */
function listSet(list: ListModel, items: readonly unknown[]): FieldsV1 {
  const index = indexItems(list, items);
  const out: Record<PathElement, FieldsV1> = {};
  for (const element of sortElements([...index.keys()])) {
    const [first, ...others] = index.get(element) ?? [];
    out[element] = others.length === 0 ? wholeSet(list.element, first) : EMPTY;
  }
  return withSelf(out);
}

function withSelf(children: FieldsV1): FieldsV1 {
  for (const _ in children) return { [SELF]: EMPTY, ...children };
  return EMPTY;
}

/** What a field has that its owner does not say. */
export function emptyValue(model: MapModel, name: string, field: FieldModel | undefined): unknown {
  if (model.embedded.includes(name)) return NOTHING;
  return field?.bare === true ? null : undefined;
}

export function asMap(value: unknown): Bag {
  return isRecord(value) ? value : NOTHING;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Data may have keys like `constructor`, which every object inherits. */
export function own(bag: Bag, name: string): unknown {
  return Object.hasOwn(bag, name) ? bag[name] : undefined;
}

/** Null, an empty map or list, or nothing: then the value is a leaf, so that null, empty and absent differ. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== "object") return false;
  for (const _ in value) return false;
  return true;
}
