import { isMap, isNode, isScalar, isSeq, Pair, YAMLMap, YAMLSeq, type Document, type Node } from "yaml";
import { fieldsAt } from "./fields.ts";

/** `["run", "envs", 0]` */
export type Path = readonly (string | number)[];

/** Changes a document and nothing else in it: new fields take their usual place, what gets empty is removed. */
export class Editor {
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
  }

  /** Replaces or adds a value. */
  set(path: Path, value: unknown): void {
    const existing = this.node(path);
    if (isScalar(existing) && !isCollection(value)) existing.value = value; // keeps its comment and quotes
    else this.put(path, this.#document.createNode(value) as Node);
  }

  /** Adds to the end of a list, which is made if there is none. */
  append(path: Path, value: unknown): void {
    let list = this.node(path);
    if (!isSeq(list)) {
      list = new YAMLSeq();
      this.put(path, list);
    }
    const items = list as YAMLSeq;
    if (items.items.length === 0) items.flow = false;
    items.add(this.#document.createNode(value));
  }

  /** Removes a value, and what has only held this value and no comment. Nothing happens if it is not there. */
  remove(path: Path): void {
    if (this.node(path) === undefined) return;
    this.#document.deleteIn(path);
    const above = path.slice(0, -1);
    const parent = this.node(above);
    const isEmpty = (isMap(parent) || isSeq(parent)) && parent.items.length === 0;
    if (above.length > 0 && isEmpty && !this.#isCommented(above)) this.remove(above);
  }

  #isCommented(path: Path): boolean {
    const map = path.length === 1 ? this.#document.contents : this.node(path.slice(0, -1));
    if (!isMap(map)) return false;
    const pair = map.items.find((item) => keyOf(item) === path.at(-1));
    const first = map.items[0] === pair ? map : undefined; // a comment above the first field is its map's
    return [first, pair?.key, pair?.value].some((node) => isNode(node) && Boolean(node.commentBefore ?? node.comment));
  }

  /** The node at a path; undefined if there is none. */
  node(path: Path): Node | undefined {
    return this.#document.getIn(path, true) as Node | undefined;
  }

  /** Puts a node, or a pair with its comments, at a path; missing parents are made. */
  put(path: Path, content: Node | Pair): void {
    const key = path.at(-1) ?? "";
    const parent = this.#container(path.slice(0, -1));
    if (isSeq(parent)) {
      parent.set(key, content);
      return;
    }
    const map = parent as YAMLMap;
    const pair = content instanceof Pair ? content : new Pair(this.#document.createNode(key), content);
    const at = map.items.findIndex((item) => keyOf(item) === key);
    if (at >= 0) replaceValue(map.items[at] as Pair, pair.value);
    else map.items.splice(placeOf(map, String(key), fieldsAt(path.slice(0, -1))), 0, pair);
    if (map.items.length === 1) map.flow = false;
    if (map.items.length === 1 && isScalar(pair.key)) pair.key.spaceBefore = false;
  }

  /** Gives a field of a map another name; its place and comments stay. */
  rename(path: Path, from: string, to: string): void {
    const map = path.length === 0 ? this.#document.contents : this.node(path);
    const key = isMap(map) ? map.items.find((item) => keyOf(item) === from)?.key : undefined;
    if (isScalar(key)) key.value = to;
  }

  /** Takes a field out of a map, with its comments. */
  take(path: Path): Pair | undefined {
    const map = this.node(path.slice(0, -1)) ?? this.#document.contents;
    if (!isMap(map)) return undefined;
    const at = map.items.findIndex((item) => keyOf(item) === path.at(-1));
    return at < 0 ? undefined : map.items.splice(at, 1)[0];
  }

  #container(path: Path): Node {
    const existing = path.length === 0 ? this.#document.contents : this.node(path);
    if (isMap(existing) || isSeq(existing)) return existing;
    const made = new YAMLMap();
    if (path.length === 0) this.#document.contents = made as never;
    else this.put(path, made);
    return made;
  }
}

/** What was said about the old value is kept: YAML puts comments that come later there. */
function replaceValue(pair: Pair, value: unknown): void {
  const [old, made] = [pair.value, value];
  if (isNode(old) && isNode(made)) {
    if (made.comment === undefined && old.comment !== undefined) made.comment = old.comment;
    if (made.commentBefore === undefined && old.commentBefore !== undefined) made.commentBefore = old.commentBefore;
  }
  pair.value = value;
}

function isCollection(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** Before the first field that usually comes later. */
function placeOf(map: YAMLMap, key: string, order: readonly string[] = []): number {
  const own = order.indexOf(key);
  if (own < 0) return map.items.length;
  const later = map.items.findIndex((item) => order.indexOf(keyOf(item)) > own);
  return later < 0 ? map.items.length : later;
}
