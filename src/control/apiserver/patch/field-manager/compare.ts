import { deepEqual } from "../../../../std/json.ts";
import { EMPTY, isEmpty, SetBuilder, type FieldsV1 } from "./fields-v1.ts";
import { indexItems, modelFor } from "./items.ts";
import { fieldElement, SELF, type PathElement } from "./path-element.ts";
import type { ListModel, MapModel, TypeModel } from "./type-model.ts";
import { asList, asMap, emptyValue, isBlank, own, wholeSet, type Bag } from "./whole-set.ts";

/** What differs between two objects, as sets of paths. No path is in two of them. */
export interface Comparison {
  readonly added: FieldsV1;
  readonly modified: FieldsV1;
  readonly removed: FieldsV1;
}

/**
 * Compares two objects of one type. `undefined` stands for no object at all. `skip` says where not to look: at a member
 * without children and all below it, and at a member with children itself.
 */
export function compareObjects(model: TypeModel, before: unknown, after: unknown, skip: FieldsV1 = EMPTY): Comparison {
  const walk = new Walk();
  walk.value(model, before, after, isEmpty(skip) ? undefined : skip);
  return walk.result();
}

/** Two maps at one place of two objects. */
interface Pair {
  readonly before: unknown;
  readonly after: unknown;
  readonly mine: Bag;
  readonly other: Bag;
  readonly skip: FieldsV1 | undefined;
}

/** Equal subtrees cost nothing but the look at them: paths are made where something differs. */
class Walk {
  readonly #added = new SetBuilder();
  readonly #modified = new SetBuilder();
  readonly #removed = new SetBuilder();
  readonly #path: PathElement[] = [];

  result(): Comparison {
    return { added: this.#added.build(), modified: this.#modified.build(), removed: this.#removed.build() };
  }

  /** At least one of `before` and `after` is given. */
  value(type: TypeModel, before: unknown, after: unknown, skip?: FieldsV1): void {
    if (before === after) return;
    if (skip === undefined && this.#path.length > 0) {
      if (before === undefined) return this.#added.insert(this.#path, wholeSet(type, after));
      if (after === undefined) return this.#removed.insert(this.#path, wholeSet(type, before));
    }
    const model = modelFor(modelFor(type, before), after);
    const skipsSelf = skip !== undefined && SELF in skip;
    if (model.kind === "leaf" || (isBlank(before) && isBlank(after))) {
      if (!skipsSelf) this.#leaf(before, after);
    } else if (model.kind === "map") {
      this.#map(model, { before, after, mine: asMap(before), other: asMap(after), skip });
      if (!skipsSelf) this.#whole(before, after);
    } else this.#list(model, before, after);
  }

  #leaf(before: unknown, after: unknown): void {
    if (before === undefined) this.#added.insert(this.#path);
    else if (after === undefined) this.#removed.insert(this.#path);
    else if (!deepEqual(before, after)) this.#modified.insert(this.#path);
  }

  /** A value that is there as a whole is itself a member, beside what it consists of. */
  #whole(before: unknown, after: unknown): void {
    if (before === undefined) this.#added.insert(this.#path);
    else if (after === undefined) this.#removed.insert(this.#path);
  }

  #map(model: MapModel, pair: Pair): void {
    const { before, after, mine, other } = pair;
    for (const name in mine) this.#member(model, name, pair);
    for (const name in other) if (own(mine, name) === undefined) this.#member(model, name, pair);
    if ((before === undefined) === (after === undefined)) return;
    for (const name of model.embedded) if (mine[name] === undefined && other[name] === undefined) this.#member(model, name, pair);
  }

  #member(model: MapModel, name: string, pair: Pair): void {
    const skipBelow = pair.skip?.[fieldElement(name)];
    if (skipBelow !== undefined && isEmpty(skipBelow)) return;
    const field = model.field(name);
    const type = field?.type ?? model.element;
    if (type === undefined) return;
    const empty = emptyValue(model, name, field);
    const before = filled(own(pair.mine, name), pair.before, empty);
    const after = filled(own(pair.other, name), pair.after, empty);
    if (before === after || (empty === null && isZero(before) && isZero(after))) return;
    this.#path.push(fieldElement(name));
    this.value(type, before, after, skipBelow);
    this.#path.pop();
  }

  #list(list: ListModel, before: unknown, after: unknown): void {
    if (before !== undefined && deepEqual(before, after)) return;
    const mine = indexItems(list, asList(before));
    const other = indexItems(list, asList(after));
    for (const [element, items] of mine) this.#item(list, element, items, other.get(element) ?? []);
    for (const [element, items] of other) if (!mine.has(element)) this.#item(list, element, [], items);
    this.#whole(before, after);
  }

  /** Duplicates of one element are owned as one leaf. */
  #item(list: ListModel, element: PathElement, before: readonly unknown[], after: readonly unknown[]): void {
    this.#path.push(element);
    if (before.length <= 1 && after.length <= 1) this.value(list.element, before[0], after[0]);
    else if (before.length > 1 && after.length > 1) this.#leaf(before, after);
    else if (before.length > 1) {
      if (after.length === 1) this.value(list.element, undefined, after[0]);
      this.#removed.insert(this.#path);
    } else {
      if (before.length === 1) this.value(list.element, before[0], undefined);
      this.#added.insert(this.#path);
    }
    this.#path.pop();
  }
}

/** The value of a field that `owner` has or lacks; what lacks it has its `empty` value. */
function filled(value: unknown, owner: unknown, empty: unknown): unknown {
  return value === undefined && owner !== undefined ? empty : value;
}

function isZero(value: unknown): boolean {
  return value === null || value === "" || value === 0 || value === false;
}
