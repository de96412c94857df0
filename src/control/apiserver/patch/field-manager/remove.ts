import { isRecord } from "../../../../std/json.ts";
import { below, has, isEmpty, type FieldsV1 } from "./fields-v1.ts";
import { itemElement, memberType, modelFor } from "./items.ts";
import { fieldElement } from "./path-element.ts";
import { FREE_MAP, type TypeModel } from "./type-model.ts";

/** A copy of `value` without the members of `set`. A map or list that comes out empty becomes null. */
export function removeFields(type: TypeModel, value: unknown, set: FieldsV1): unknown {
  if (isEmpty(set)) return value;
  const model = modelFor(type, value);
  if (model.kind === "map" && isRecord(value)) {
    const out: Record<string, unknown> = {};
    for (const [name, child] of Object.entries(value)) {
      const element = fieldElement(name);
      if (!has(set, [element])) out[name] = removeBelow(memberType(model, name), child, below(set, element));
    }
    return Object.keys(out).length > 0 ? out : null;
  }
  if (model.kind === "list" && Array.isArray(value)) {
    const out = value.flatMap((item: unknown) => {
      const result = itemElement(model, item);
      if (result.kind === "invalid") return [item];
      return has(set, [result.element]) ? [] : [removeBelow(model.element, item, below(set, result.element))];
    });
    return out.length > 0 ? out : null;
  }
  // What is atomic inside cannot lose a part.
  return isRecord(value) || Array.isArray(value) ? null : value;
}

function removeBelow(type: TypeModel | undefined, value: unknown, set: FieldsV1): unknown {
  return type === undefined || isEmpty(set) ? value : removeFields(type, value, set);
}

/** The value without null members: an applied null, or what came out empty, is as good as absent. Shares what has none. */
export function dropNulls(type: TypeModel | undefined, value: unknown): unknown {
  const model = type === undefined ? undefined : modelFor(type, value);
  if (model?.kind === "list" && Array.isArray(value))
    return shareEqual(
      value,
      value.map((item) => dropNulls(model.element, item)),
    );
  if (model?.kind !== "map" || model === FREE_MAP || !isRecord(value)) return value;
  let out: Record<string, unknown> | undefined;
  for (const [name, child] of Object.entries(value)) {
    const kept = child === null ? undefined : dropNulls(memberType(model, name), child);
    if (kept === child) continue;
    out ??= { ...value };
    if (kept === undefined) delete out[name];
    else out[name] = kept;
  }
  return out ?? value;
}

function shareEqual(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.every((item, i) => item === before[i]) ? before : after;
}
