import { compareElements, parseElement, SELF, type PathElement } from "./path-element.ts";

/**
 * A set of paths in the form in which `metadata.managedFields[].fieldsV1` stores it: `{}` is a member, `{".": {}, ...}`
 * a member with children, and anything else only the way to its children. Sets are values: nothing here changes one, and what stays
 * equal is shared.
 */
export interface FieldsV1 {
  readonly [element: PathElement]: FieldsV1;
}

type Draft = Record<PathElement, FieldsV1>;

export const EMPTY: FieldsV1 = Object.freeze({});

export function isEmpty(set: FieldsV1): boolean {
  for (const _ in set) return false;
  return true;
}

/** Is this node a member itself? The root of a set never is. */
export function isMember(node: FieldsV1): boolean {
  return SELF in node || isEmpty(node);
}

function hasChildren(node: FieldsV1): boolean {
  for (const element in node) if (element !== SELF) return true;
  return false;
}

/** A node with these children that is a member or not; undefined if neither. `children` becomes the node's. */
function makeNode(member: boolean, children: Draft): FieldsV1 | undefined {
  if (isEmpty(children)) return member ? EMPTY : undefined;
  return member ? { [SELF]: EMPTY, ...children } : children;
}

export function has(set: FieldsV1, path: readonly PathElement[]): boolean {
  const node = path.reduce<FieldsV1 | undefined>((current, element) => current?.[element], set);
  return node !== undefined && path.length > 0 && isMember(node);
}

/** The subset below `element`, without it. */
export function below(set: FieldsV1, element: PathElement): FieldsV1 {
  return set[element] ?? EMPTY;
}

/** The set of these paths. */
export function setOf(paths: readonly (readonly PathElement[])[]): FieldsV1 {
  const builder = new SetBuilder();
  for (const path of paths) builder.insert(path);
  return builder.build();
}

export function union(a: FieldsV1, b: FieldsV1): FieldsV1 {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  return mergeInto(b, a);
}

function uniteNodes(a: FieldsV1, b: FieldsV1): FieldsV1 {
  if (a === b) return b;
  if (isEmpty(a)) return withSelf(b);
  return isEmpty(b) ? withSelf(a) : mergeInto(b, a);
}

function withSelf(node: FieldsV1): FieldsV1 {
  return isMember(node) ? node : { [SELF]: EMPTY, ...node };
}

/** `node` with what `more` has beyond it; `node` itself when that is nothing. Neither is empty. */
function mergeInto(node: FieldsV1, more: FieldsV1): FieldsV1 {
  let out: Draft | undefined;
  for (const element in more) {
    const known = node[element];
    const extra = more[element] ?? EMPTY;
    const united = known === undefined ? extra : element === SELF ? known : uniteNodes(extra, known);
    if (united !== known) (out ??= { ...node })[element] = united;
  }
  return out === undefined ? node : sortNode(out);
}

/** What is a member of both. */
export function intersection(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return a === b ? a : (makeNode(false, commonChildren(a, b)) ?? EMPTY);
}

function commonChildren(a: FieldsV1, b: FieldsV1): Draft {
  const out: Draft = {};
  for (const element in a) {
    const other = b[element];
    if (element === SELF || other === undefined) continue;
    const mine = a[element] ?? EMPTY;
    const node = makeNode(isMember(mine) && isMember(other), commonChildren(mine, other));
    if (node !== undefined) out[element] = node;
  }
  return out;
}

/** Members of `a` that are not members of `b`. A child survives the removal of its parent. */
export function difference(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return subtract(a, b, false) ?? EMPTY;
}

/** Like `difference`, but what is below a member of `b` goes too. */
export function recursiveDifference(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return subtract(a, b, true) ?? EMPTY;
}

function subtract(a: FieldsV1, b: FieldsV1, recursive: boolean): FieldsV1 | undefined {
  let changed: Draft | undefined;
  for (const element in b) {
    const mine = element === SELF ? undefined : (changed ?? a)[element];
    if (mine === undefined) continue;
    const left = subtractNode(mine, b[element] ?? EMPTY, recursive);
    if (left === mine) continue;
    changed ??= { ...a };
    if (left === undefined) delete changed[element];
    else changed[element] = left;
  }
  return changed ?? a;
}

function subtractNode(mine: FieldsV1, other: FieldsV1, recursive: boolean): FieldsV1 | undefined {
  const takesSelf = isMember(other);
  if (takesSelf && recursive) return undefined;
  const children = hasChildren(other) ? (subtract(mine, other, recursive) ?? EMPTY) : mine;
  if (children === mine && !(takesSelf && isMember(mine))) return mine;
  const { [SELF]: _self, ...rest } = children;
  return makeNode(isMember(mine) && !takesSelf, rest);
}

/** Calls `visit` for each member; members of a node come before what is below them, as Kubernetes lists conflicts. */
export function forEachPath(set: FieldsV1, visit: (path: readonly PathElement[]) => void, prefix: readonly PathElement[] = []): void {
  for (const element in set) if (element !== SELF && isMember(set[element] ?? EMPTY)) visit([...prefix, element]);
  for (const element in set) if (element !== SELF) forEachPath(set[element] ?? EMPTY, visit, [...prefix, element]);
}

/** Collects paths into a set; the order of insertion does not matter. */
export class SetBuilder {
  readonly #root: DraftNode = { whole: undefined, children: undefined };

  /** Adds the member at `path`, with `whole` as the set of itself and what is below it. */
  insert(path: readonly PathElement[], whole: FieldsV1 = EMPTY): void {
    let node = this.#root;
    for (const element of path) {
      node.children ??= new Map();
      let child = node.children.get(element);
      if (child === undefined) node.children.set(element, (child = { whole: undefined, children: undefined }));
      node = child;
    }
    if (node !== this.#root) node.whole = whole;
  }

  build(): FieldsV1 {
    return finish(this.#root) ?? EMPTY;
  }
}

interface DraftNode {
  /** The set of a member. Below it nothing else is inserted, unless it is `EMPTY`. */
  whole: FieldsV1 | undefined;
  children: Map<PathElement, DraftNode> | undefined;
}

function finish(draft: DraftNode): FieldsV1 | undefined {
  if (draft.children === undefined) return draft.whole;
  const out: Draft = draft.whole === undefined ? {} : { [SELF]: EMPTY };
  for (const element of sortElements([...draft.children.keys()])) {
    const child = draft.children.get(element);
    const node = child && finish(child);
    if (node !== undefined) out[element] = node;
  }
  return isEmpty(out) ? undefined : out;
}

export function sortElements(elements: PathElement[]): PathElement[] {
  return isSorted(elements) ? elements : elements.sort(compareElements);
}

function isSorted(elements: readonly PathElement[]): boolean {
  for (let i = 1; i < elements.length; i++) if (compareElements(elements[i - 1] ?? "", elements[i] ?? "") > 0) return false;
  return true;
}

/** Only this level: what is below is sorted already. */
function sortNode(node: FieldsV1): FieldsV1 {
  const elements = Object.keys(node);
  if (isSorted(elements)) return node;
  return Object.fromEntries(elements.sort(compareElements).map((element) => [element, node[element] ?? EMPTY]));
}

/** Deeper sets come from hostile clients: no object of a kind that is known nests as deep. */
const MAX_DEPTH = 200;

/** A set that a client wrote, in canonical order. Throws on what is not FieldsV1; unknown kinds of elements are dropped. */
export function parseFields(value: unknown): FieldsV1 {
  const builder = new SetBuilder();
  insertAll(value, [], builder);
  return builder.build();
}

function insertAll(value: unknown, path: PathElement[], builder: SetBuilder): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("fieldsV1 must be an object");
  if (path.length > MAX_DEPTH) throw new Error("fieldsV1 is nested too deeply");
  const entries = Object.entries(value);
  if (path.length > 0 && (entries.length === 0 || SELF in value)) builder.insert(path);
  for (const [text, child] of entries) {
    const element = text === SELF ? undefined : parseElement(text);
    if (element === undefined) continue;
    path.push(element);
    insertAll(child, path, builder);
    path.pop();
  }
}
