import { isRecord } from "../../../../std/json.ts";
import { goText, goType } from "../go-text.ts";
import { itemElement, modelFor } from "./items.ts";
import { elementText, fieldElement } from "./path-element.ts";
import type { LeafModel, ListModel, MapModel, TypeModel } from "./type-model.ts";

/** Why a configuration does not fit its type, one text a place, e.g. `.spec.zzz: field not declared in schema`. */
export function checkConfiguration(model: TypeModel, config: unknown): readonly string[] {
  return check(model, config, "");
}

function check(type: TypeModel, value: unknown, path: string): string[] {
  if (value === null || value === undefined) return [];
  const model = modelFor(type, value);
  if (model.kind === "leaf") return checkLeaf(model, value, path);
  if (model.kind === "map") return isRecord(value) ? checkMap(model, value, path) : [`${path}: expected map, got ${goText(value)}`];
  return Array.isArray(value) ? checkList(model, value, path) : [`${path}: expected list, got ${goText(value)}`];
}

function checkLeaf(model: LeafModel, value: unknown, path: string): string[] {
  if (model.inside?.kind === "map")
    return isRecord(value) ? checkMap(model.inside, value, path) : [`${path}: expected map, got ${goText(value)}`];
  if (model.inside?.kind === "list") return checkAtomicList(model.inside, value, path);
  switch (model.accepts) {
    case "string":
      return typeof value === "string" ? [] : [`${path}: expected string, got ${goSyntax(value)}`];
    case "number":
      return typeof value === "number" ? [] : [`${path}: expected numeric (int or float), got ${goType(value)}`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${path}: expected boolean, got ${goText(value)}`];
    case "scalar":
      return typeof value === "object" ? [`${path}: expected any scalar, got ${goText(value)}`] : [];
    default:
      return [];
  }
}

function checkMap(model: MapModel, value: Record<string, unknown>, path: string): string[] {
  const errors: string[] = [];
  for (const [name, child] of Object.entries(value)) {
    const below = path + elementText(fieldElement(name));
    const type = model.field(name)?.type ?? model.element;
    if (type === undefined) return [...errors, `${below}: field not declared in schema`];
    errors.push(...check(type, child, below));
  }
  return errors;
}

function checkAtomicList(list: ListModel, value: unknown, path: string): string[] {
  if (!Array.isArray(value)) return [`${path}: expected list, got ${goText(value)}`];
  return value.flatMap((item, i) => check(list.element, item, `${path}[${i}]`));
}

function checkList(list: ListModel, items: readonly unknown[], path: string): string[] {
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const result = itemElement(list, item);
    if (result.kind === "invalid") return [...errors, `${path}: element ${i}: ${result.message}`];
    const text = elementText(result.element);
    if (seen.has(result.element)) errors.push(`${path}: duplicate entries for key ${text}`);
    seen.add(result.element);
    errors.push(...check(list.element, item, path + text));
  }
  return errors;
}

/** The way the real server prints a value in this text. */
function goSyntax(value: unknown): string {
  return `&value.valueUnstructured{Value:${JSON.stringify(value)}}`;
}
