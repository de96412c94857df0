import { applyPatch, type Operation } from "rfc6902";
import { deepClone, isRecord } from "../../../std/json.ts";

export type JsonPatchResult =
  | { readonly kind: "ok"; readonly object: unknown }
  /** 400: the body is no list of operations. */
  | { readonly kind: "malformed"; readonly message: string }
  /** 422: an operation cannot be done, or a test fails. */
  | { readonly kind: "failed"; readonly operation: number }
  /** 413. */
  | { readonly kind: "tooLarge"; readonly message: string };

const MAX_OPERATIONS = 10_000;
/** What all copies of a patch may add together, in bytes of JSON: a patch that doubles an object twenty times stays small itself. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

/** RFC 6902 on a clone of `target`, one operation after the other; the first that fails refuses all. */
export function jsonPatch(target: unknown, patch: unknown): JsonPatchResult {
  const problem = refuse(patch);
  if (problem !== undefined) return problem;
  // The root is a member, so that operations on the whole document are like any other.
  const holder = { root: deepClone(target) };
  let copied = 0;
  for (const [i, operation] of (patch as readonly Step[]).entries()) {
    if (operation.op === "copy") copied += sizeAt(holder, operation.from);
    if (copied > MAX_COPIED_BYTES) return tooLarge(copyText(copied));
    if (!step(holder, operation)) return { kind: "failed", operation: i };
  }
  return { kind: "ok", object: holder.root };
}

interface Step {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

function refuse(patch: unknown): JsonPatchResult | undefined {
  if (!Array.isArray(patch)) return malformed(patch, "[]handlers.jsonPatchOp");
  if (patch.length > MAX_OPERATIONS)
    return tooLarge(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`);
  const wrong = patch.find((operation) => !isRecord(operation));
  return wrong === undefined ? undefined : malformed(wrong, "handlers.jsonPatchOp");
}

function malformed(value: unknown, expected: string): JsonPatchResult {
  const type = Array.isArray(value) ? "array" : isRecord(value) ? "object" : typeof value === "boolean" ? "bool" : typeof value;
  return { kind: "malformed", message: `json: cannot unmarshal ${type} into Go value of type ${expected}` };
}

function tooLarge(message: string): JsonPatchResult {
  return { kind: "tooLarge", message };
}

function copyText(bytes: number): string {
  return `Unable to complete the copy, the accumulated size increase of copy is ${bytes}, exceeding the limit ${MAX_COPIED_BYTES}`;
}

const OPERATIONS = ["add", "remove", "replace", "move", "copy", "test"];
/** What they name must be there, and not inherited. */
const NEEDS_VALUE = ["remove", "move", "copy", "test"];
const HOSTILE = ["__proto__", "constructor", "prototype"];

function step(holder: object, { op, path, from, value }: Step): boolean {
  if (typeof op !== "string" || !OPERATIONS.includes(op)) return false;
  const target = tokensOf(path);
  const source = op === "move" || op === "copy" ? tokensOf(from) : [];
  if (target === undefined || source === undefined) return false;
  if (!reachable(holder, target, op === "add" || op === "move" || op === "copy") || !reachable(holder, source, false)) return false;
  if (NEEDS_VALUE.includes(op) && valueAt(holder, op === "remove" || op === "test" ? target : source) === undefined) return false;
  const operation = {
    op: replacesNothing(holder, op, target) ? "add" : op,
    path: pointer(target),
    from: pointer(source),
    value: value ?? null,
  };
  try {
    return applyPatch(holder, [operation as Operation]).every((error) => error === null);
  } catch {
    return false;
  }
}

/** Undefined unless it is a JSON pointer that cannot reach a prototype. */
function tokensOf(path: unknown): readonly string[] | undefined {
  if (typeof path !== "string" || (path !== "" && !path.startsWith("/"))) return undefined;
  const tokens = path.split("/").slice(1);
  return tokens.some((token) => HOSTILE.includes(unescape(token))) ? undefined : tokens;
}

function unescape(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

function pointer(tokens: readonly string[]): string {
  return ["", "root", ...tokens].join("/");
}

/** Does every container on the way exist, and is the last token a place in it? Inherited members do not count. */
function reachable(holder: object, tokens: readonly string[], inserts: boolean): boolean {
  if (tokens.length === 0) return true;
  const parent = valueAt(holder, tokens.slice(0, -1));
  if (!Array.isArray(parent)) return isRecord(parent);
  const last = tokens.at(-1) ?? "";
  if (last === "-") return inserts;
  return /^(0|[1-9]\d*)$/.test(last) && Number(last) < parent.length + (inserts ? 1 : 0);
}

function valueAt(holder: object, tokens: readonly string[]): unknown {
  return ["root", ...tokens].reduce<unknown>((value, token) => {
    const name = unescape(token);
    return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  }, holder);
}

/** Kubernetes takes a replace of a missing member for an add. */
function replacesNothing(holder: object, op: string, tokens: readonly string[]): boolean {
  return op === "replace" && valueAt(holder, tokens) === undefined;
}

function sizeAt(holder: object, from: unknown): number {
  const tokens = tokensOf(from);
  return tokens === undefined ? 0 : (JSON.stringify(valueAt(holder, tokens)) ?? "").length;
}
