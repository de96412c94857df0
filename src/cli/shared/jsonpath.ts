/** The JSONPath templates of kubectl: `{.items[*].metadata.name}`, `{range .items[*]}{.a}{"\n"}{end}`. Filters and slices too. */
import { isRecord } from "../../std/json.ts";
import { UserError } from "./io.ts";

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path"; readonly steps: readonly Step[] }
  | { readonly kind: "range"; readonly steps: readonly Step[]; readonly body: readonly Node[] };

type Step =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: "all" }
  | { readonly kind: "deep"; readonly name: string }
  | { readonly kind: "filter"; readonly left: readonly Step[]; readonly operator: string; readonly right: unknown }
  | { readonly kind: "root" };

/** The template with its values; values of one path are joined by spaces. */
export function expandJsonPath(template: string, value: unknown): string {
  return expand(parse(template), value, value);
}

/** All values that the template's paths find. */
export function evaluateJsonPath(template: string, value: unknown): unknown[] {
  return parse(template).flatMap((node) => (node.kind === "path" ? follow(node.steps, value, value) : []));
}

function expand(nodes: readonly Node[], current: unknown, root: unknown): string {
  return nodes
    .map((node) => {
      if (node.kind === "text") return node.text;
      const found = follow(node.steps, current, root);
      if (node.kind === "path") return found.map(asText).join(" ");
      return found.map((item) => expand(node.body, item, root)).join("");
    })
    .join("");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function follow(steps: readonly Step[], start: unknown, root: unknown): unknown[] {
  return steps.reduce<unknown[]>((values, step) => (step.kind === "root" ? [root] : values.flatMap((value) => take(step, value))), [start]);
}

function take(step: Exclude<Step, { kind: "root" }>, value: unknown): unknown[] {
  const list = Array.isArray(value) ? (value as unknown[]) : undefined;
  switch (step.kind) {
    case "field":
      return isRecord(value) && value[step.name] !== undefined ? [value[step.name]] : [];
    case "index":
      return (list ?? []).slice(step.index).slice(0, 1);
    case "slice":
      return list?.slice(step.from, step.to) ?? [];
    case "all":
      return list ?? (isRecord(value) ? Object.values(value) : []);
    case "deep":
      return deep(step.name, value);
    case "filter":
      return (list ?? []).filter((item) => matches(step, item));
  }
}

function deep(name: string, value: unknown): unknown[] {
  const own = isRecord(value) && value[name] !== undefined ? [value[name]] : [];
  const children = Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [];
  return [...own, ...children.flatMap((child) => deep(name, child))];
}

function matches(step: Extract<Step, { kind: "filter" }>, item: unknown): boolean {
  const [left] = follow(step.left, item, item);
  if (step.operator === "") return left !== undefined;
  if (left === undefined) return false;
  const { right } = step;
  const order = typeof left === "number" && typeof right === "number" ? left - right : asText(left).localeCompare(asText(right));
  const verdicts: Record<string, boolean> = {
    "==": order === 0,
    "!=": order !== 0,
    "<": order < 0,
    "<=": order <= 0,
    ">": order > 0,
    ">=": order >= 0,
  };
  return verdicts[step.operator] ?? false;
}

function parse(template: string): Node[] {
  const [nodes] = parseNodes(cut(template.includes("{") ? template : `{${template}}`), 0);
  return nodes;
}

/** Texts outside braces and expressions inside, in turn. */
function cut(template: string): { readonly expression: boolean; readonly text: string }[] {
  const pieces: { expression: boolean; text: string }[] = [];
  const pattern = /\{((?:"(?:\\.|[^"\\])*"|'[^']*'|[^{}"'])*)\}|([^{]+)/gy;
  for (let at = 0; at < template.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(template);
    if (match === null) throw new UserError(`error parsing jsonpath ${template}, unclosed action`);
    pieces.push(match[1] === undefined ? { expression: false, text: match[2] ?? "" } : { expression: true, text: match[1].trim() });
  }
  return pieces;
}

function parseNodes(pieces: ReturnType<typeof cut>, from: number): [Node[], number] {
  const nodes: Node[] = [];
  for (let at = from; at < pieces.length; at += 1) {
    const { expression, text } = pieces[at] ?? { expression: false, text: "" };
    if (!expression) nodes.push({ kind: "text", text });
    else if (text === "end") return [nodes, at];
    else if (text.startsWith("range")) {
      const [body, end] = parseNodes(pieces, at + 1);
      nodes.push({ kind: "range", steps: parseSteps(text.slice("range".length).trim()), body });
      at = end;
    } else if (/^["']/.test(text)) nodes.push({ kind: "text", text: unquote(text) });
    else nodes.push({ kind: "path", steps: parseSteps(text) });
  }
  return [nodes, pieces.length];
}

function unquote(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  return JSON.parse(text) as string;
}

const STEP = new RegExp(
  [
    /(?<root>\$)/,
    /(?<current>@)/,
    /\.\.(?<deep>[\w-]+)/,
    /\.?\[(?<bracket>\?\(.*?\)|[^\]]*)\]/,
    /\.(?<star>\*)/,
    /\.?(?<field>(?:\\.|[^.[\]\s\\])+)/,
    /(?<dot>\.)/,
  ]
    .map((part) => part.source)
    .join("|"),
  "gy",
);

function parseSteps(text: string): Step[] {
  const steps: Step[] = [];
  let at = 0; // kept here: a filter's own path goes through the same expression
  while (at < text.length) {
    STEP.lastIndex = at;
    const groups = STEP.exec(text)?.groups;
    at = STEP.lastIndex;
    if (groups === undefined) throw new UserError(`error parsing jsonpath ${text}, unrecognized character`);
    if (groups["root"] !== undefined) steps.push({ kind: "root" });
    else if (groups["deep"] !== undefined) steps.push({ kind: "deep", name: groups["deep"] });
    else if (groups["star"] !== undefined) steps.push({ kind: "all" });
    else if (groups["bracket"] !== undefined) steps.push(bracketStep(groups["bracket"].trim()));
    else if (groups["field"] !== undefined) steps.push({ kind: "field", name: groups["field"].replaceAll(/\\(.)/g, "$1") });
  }
  return steps;
}

function bracketStep(text: string): Step {
  if (text === "*") return { kind: "all" };
  if (/^-?\d+$/.test(text)) return { kind: "index", index: Number(text) };
  const slice = /^(-?\d*):(-?\d*)$/.exec(text);
  if (slice !== null) return { kind: "slice", from: numberOrNone(slice[1]), to: numberOrNone(slice[2]) };
  if (/^(['"]).*\1$/.test(text)) return { kind: "field", name: text.slice(1, -1) };
  const filter = /^\?\((.*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.*))?\)$/.exec(text);
  if (filter === null) throw new UserError(`error parsing jsonpath [${text}], invalid array index ${text}`);
  return {
    kind: "filter",
    left: parseSteps((filter[1] ?? "").trim()),
    operator: filter[2] ?? "",
    right: literal((filter[3] ?? "").trim()),
  };
}

function numberOrNone(text: string | undefined): number | undefined {
  return text === undefined || text === "" ? undefined : Number(text);
}

function literal(text: string): unknown {
  if (/^(['"]).*\1$/.test(text)) return text.slice(1, -1);
  if (text === "true" || text === "false") return text === "true";
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
