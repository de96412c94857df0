import { isRecord } from "../../../../std/json.ts";
import { SELF, fieldElement, type PathElement } from "./path-element.ts";
import { EMPTY, SetBuilder, type FieldsV1 } from "./fields-v1.ts";
import { indexItems, modelFor } from "./items.ts";
import type { ListModel, MapModel, TypeModel } from "./type-model.ts";

/** Every field that an object states: what an applier owns. */
export function fieldsOf(model: TypeModel, object: unknown): FieldsV1 {
  const builder = new SetBuilder();
  collect(model, object, [], builder);
  return builder.build();
}

function collect(type: TypeModel, value: unknown, path: PathElement[], builder: SetBuilder): void {
  const model = modelFor(type, value);
  if (model.kind === "leaf") builder.insert(path);
  else if (model.kind === "map") collectMap(model, value, path, builder);
  else collectList(model, value, path, builder);
}

function collectMap(model: MapModel, value: unknown, path: PathElement[], builder: SetBuilder): void {
  if (!isRecord(value)) return;
  for (const [name, child] of Object.entries(value)) {
    const field = model.field(name);
    const type = field?.type ?? model.element;
    if (type === undefined || child === undefined) continue;
    path.push(fieldElement(name));
    collect(type, child, path, builder);
    if (field === undefined || child === null || (isRecord(child) && Object.keys(child).length === 0)) builder.insert(path);
    path.pop();
  }
}

function collectList(list: ListModel, value: unknown, path: PathElement[], builder: SetBuilder): void {
  if (!Array.isArray(value)) return;
  for (const [element, items] of indexItems(list, value)) {
    path.push(element);
    if (items.length === 1) collect(list.element, items[0], path, builder);
    builder.insert(path);
    path.pop();
  }
}

/**
 * The set with the declared fields on the way to its members as members too: `spec.replicas` brings `spec`, but
 * `labels.app` does not bring anything, as `app` is no declared field.
 */
export function withNamedFields(set: FieldsV1, type: TypeModel | undefined): FieldsV1 {
  const out: Record<PathElement, FieldsV1> = {};
  for (const element in set) {
    if (element === SELF) continue;
    const node = set[element] ?? EMPTY;
    const below = withNamedFields(node, childType(type, element));
    const declared = type?.kind === "map" && element.startsWith("f:") && type.field(element.slice(2)) !== undefined;
    const member = SELF in node || Object.keys(node).length === 0 || declared;
    out[element] = member && Object.keys(below).length > 0 ? { [SELF]: EMPTY, ...below } : below;
  }
  return out;
}

function childType(type: TypeModel | undefined, element: PathElement): TypeModel | undefined {
  if (type?.kind === "list") return type.element;
  if (type?.kind !== "map" || !element.startsWith("f:")) return undefined;
  return type.field(element.slice(2))?.type ?? type.element;
}
