/** What a YAML document may hold, and the reading of one: its value, what is wrong in which line, what is unknown. */
import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair, type YAMLMap } from "yaml";

export type Shape =
  | { readonly kind: "text"; readonly choices?: readonly string[]; readonly keepsEmpty?: boolean }
  | { readonly kind: "flag" }
  | { readonly kind: "number"; readonly whole?: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: "list"; readonly of: Shape }
  /** Any keys. */
  | { readonly kind: "map"; readonly of: Shape }
  | {
      readonly kind: "fields";
      /** In the order in which they are written. */
      readonly fields: Readonly<Record<string, Shape>>;
      readonly required?: readonly string[];
      /** Of earlier versions; they mean nothing any more and are left alone. */
      readonly retired?: readonly string[];
    };

/** Something to say about the document. */
export interface Finding {
  readonly text: string;
  /** From 1; unknown for what is not there. */
  readonly line?: number;
}

export interface Reading {
  /** As the shape says, without empty texts and fields that are unknown. */
  readonly value: unknown;
  readonly problems: readonly Finding[];
  readonly unknown: readonly Finding[];
  /** `run.envs.0` or the nearest above it that has a line. */
  lineOf(path: string): number | undefined;
}

interface Context {
  readonly document: Document;
  readonly counter: LineCounter;
  readonly problems: Finding[];
  readonly unknown: Finding[];
  readonly lines: Map<string, number>;
}

export function readShape(document: Document, counter: LineCounter, shape: Shape): Reading {
  const context: Context = { document, counter, problems: [], unknown: [], lines: new Map() };
  const value = read(context, document.contents as Node | null, shape, "");
  const { problems, unknown, lines } = context;
  return { value, problems, unknown, lineOf: (path) => nearestLine(lines, path) };
}

function nearestLine(lines: ReadonlyMap<string, number>, path: string): number | undefined {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const line = lines.get(at);
    if (line !== undefined) return line;
  }
  return lines.get("");
}

function read(context: Context, given: Node | null | undefined, shape: Shape, path: string): unknown {
  const node = isAlias(given) ? given.resolve(context.document) : given;
  if (node === undefined || node === null || (isScalar(node) && node.value === null)) return undefined;
  const line = lineOfNode(context, node);
  if (line !== undefined && !context.lines.has(path)) context.lines.set(path, line);
  switch (shape.kind) {
    case "list":
      if (isSeq(node)) return node.items.map((item, index) => read(context, item as Node, shape.of, `${path}.${index}`));
      return wrong(context, path, "must be a list");
    case "map":
      if (isMap(node)) return readMap(context, node, shape.of, path);
      return wrong(context, path, "must have keys and values");
    case "fields":
      if (isMap(node)) return readFields(context, node, shape, path);
      return wrong(context, path, "must have keys and values");
    default:
      if (isScalar(node)) return readScalar(context, { value: node.value, source: node.source }, shape, path);
      return wrong(context, path, "must be a single value");
  }
}

function lineOfNode({ counter }: Context, node: Node): number | undefined {
  return node.range === undefined || node.range === null ? undefined : counter.linePos(node.range[0]).line;
}

function wrong(context: Context, path: string, what: string): undefined {
  const line = nearestLine(context.lines, path);
  context.problems.push({ text: path === "" ? `the file ${what}` : `${path} ${what}`, ...(line === undefined ? {} : { line }) });
  return undefined;
}

function readMap(context: Context, node: YAMLMap, of: Shape, path: string): Record<string, unknown> {
  const entries = pairsOf(context, node).map(({ key, value }) => [key, read(context, value, of, `${path}.${key}`)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, unknown>;
}

type Fields = Extract<Shape, { kind: "fields" }>;

function readFields(context: Context, node: YAMLMap, shape: Fields, path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { key, value, line } of pairsOf(context, node)) {
    const own = path === "" ? key : `${path}.${key}`;
    if (line !== undefined) context.lines.set(own, line);
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (field === undefined) {
      if (!(shape.retired ?? []).includes(key))
        context.unknown.push({ text: `unknown field ${own}`, ...(line === undefined ? {} : { line }) });
      continue;
    }
    const found = read(context, value, field, own);
    if (found !== undefined) result[key] = found;
  }
  for (const key of shape.required ?? []) {
    const own = path === "" ? key : `${path}.${key}`;
    const isBad = context.problems.some(({ text }) => text.startsWith(`${own} `));
    if (result[key] === undefined && !isBad) context.problems.push({ text: `${own} is required` });
  }
  return result;
}

interface Entry {
  readonly key: string;
  readonly value: Node | null | undefined;
  readonly line: number | undefined;
}

/** With the members of merged maps (`<<`) first, so that own ones win. */
function pairsOf(context: Context, node: YAMLMap): Entry[] {
  const pairs = node.items as readonly Pair<Node, Node | null>[];
  const merged = pairs.flatMap(({ key, value }) => (nameOf(key) === "<<" ? mergedEntries(context, value) : []));
  const own = pairs.filter(({ key }) => nameOf(key) !== "<<");
  return [...merged, ...own.map(({ key, value }) => ({ key: nameOf(key), value, line: lineOfNode(context, key) }))];
}

function mergedEntries(context: Context, value: Node | null): Entry[] {
  const node = isAlias(value) ? value.resolve(context.document) : value;
  return isMap(node) ? pairsOf(context, node) : [];
}

function nameOf(key: Node): string {
  return isScalar(key) ? (typeof key.value === "symbol" ? "<<" : String(key.value)) : "";
}

interface ScalarText {
  readonly value: unknown;
  readonly source: string | undefined;
}

function readScalar(context: Context, scalar: ScalarText, shape: Shape, path: string): unknown {
  switch (shape.kind) {
    case "text":
      return readText(context, scalar, shape, path);
    case "flag":
      return typeof scalar.value === "boolean"
        ? scalar.value
        : wrong(context, path, `must be true or false, not ${JSON.stringify(scalar.value)}`);
    case "number":
      return readNumber(context, scalar.value, shape, path);
    default:
      return undefined;
  }
}

function readText(context: Context, { value, source }: ScalarText, shape: Extract<Shape, { kind: "text" }>, path: string): unknown {
  const text = typeof value === "string" ? value : (source ?? String(value));
  if (text === "" && shape.keepsEmpty !== true) return undefined;
  if (shape.choices === undefined || shape.choices.includes(text)) return text;
  return wrong(context, path, `must be one of ${shape.choices.join(", ")}, not ${JSON.stringify(text)}`);
}

function readNumber(context: Context, value: unknown, shape: Extract<Shape, { kind: "number" }>, path: string): unknown {
  const shown = JSON.stringify(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return wrong(context, path, `must be a number, not ${shown}`);
  if (shape.whole === true && !Number.isInteger(value)) return wrong(context, path, `must be a whole number, not ${shown}`);
  if (shape.min !== undefined && value < shape.min) return wrong(context, path, `must be at least ${shape.min}, not ${shown}`);
  if (shape.max !== undefined && value > shape.max) return wrong(context, path, `must be at most ${shape.max}, not ${shown}`);
  return value;
}
