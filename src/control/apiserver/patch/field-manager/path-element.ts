/**
 * Path elements in the text form of FieldsV1: `f:<name>`, `k:<keys as JSON>`, `v:<value as JSON>`, `i:<index>`.
 * Keys of an element are sorted by name, so equal elements have equal texts.
 */
export type PathElement = string;

/** Itself a member, beside its children. */
export const SELF = ".";

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

export function valueElement(value: unknown): PathElement {
  return `v:${JSON.stringify(value)}`;
}

/** `fields` are sorted by name. */
export function keyElement(fields: readonly (readonly [string, unknown])[]): PathElement {
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `k:{${members.join(",")}}`;
}

/** As people read it: `.name`, `[name="c"]`, `[="value"]`, `[0]`. */
export function elementText(element: PathElement): string {
  const body = element.slice(2);
  switch (element[0]) {
    case "f":
      return `.${body}`;
    case "k":
      return `[${sortedEntries(body)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(",")}]`;
    case "v":
      return `[=${body}]`;
    default:
      return `[${body}]`;
  }
}

export function pathText(path: readonly PathElement[]): string {
  return path.map(elementText).join("");
}

/** The canonical form of an element that a client wrote; undefined for a kind of element that is not known. */
export function parseElement(text: string): PathElement | undefined {
  const body = text.slice(2);
  if (text[1] !== ":") throw new Error(`missing colon: ${text}`);
  switch (text[0]) {
    case "f":
      return text;
    case "k":
      return keyElement(sortedEntries(body));
    case "v":
      return valueElement(JSON.parse(body));
    case "i":
      return `i:${Number.parseInt(body, 10)}`;
    default:
      return undefined;
  }
}

const RANKS: Readonly<Record<string, number>> = { ".": 0, f: 1, k: 2, v: 3, i: 4 };

/** The order in which Kubernetes writes elements: itself, names, keys, values, indexes. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  const rank = RANKS[a[0] ?? ""] ?? 5;
  const other = RANKS[b[0] ?? ""] ?? 5;
  if (rank !== other) return rank - other;
  if (rank === 2) return compareEntries(sortedEntries(a.slice(2)), sortedEntries(b.slice(2)));
  if (rank === 3) return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
  if (rank === 4) return Number(a.slice(2)) - Number(b.slice(2));
  return a < b ? -1 : 1;
}

function sortedEntries(json: string): [string, unknown][] {
  return Object.entries(JSON.parse(json) as Record<string, unknown>).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function compareEntries(a: readonly [string, unknown][], b: readonly [string, unknown][]): number {
  for (let i = 0; ; i++) {
    const left = a[i];
    const right = b[i];
    if (left === undefined || right === undefined) return a.length - b.length;
    if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
    const order = compareValues(left[1], right[1]);
    if (order !== 0) return order;
  }
}

const VALUE_RANKS = ["number", "string", "boolean"];

function compareValues(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return VALUE_RANKS.indexOf(typeof a) - VALUE_RANKS.indexOf(typeof b);
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a === b ? 0 : a < b ? -1 : 1;
  return Number(a) - Number(b);
}
