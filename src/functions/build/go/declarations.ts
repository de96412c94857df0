/** What a Go file declares at the top level: its package, imports and functions with the types they take and give. */
import { closeOf, splitByComma, tokensOf, type Token } from "./tokens.ts";

export interface GoFile {
  readonly packageName: string;
  readonly functions: readonly GoFunction[];
}

export interface GoFunction {
  readonly name: string;
  /** Type of the receiver, without pointer and type parameters; undefined: none. */
  readonly receiver: string | undefined;
  /** Types, with the whole path of the package in front: `*net/http.Request`. */
  readonly parameters: readonly string[];
  readonly results: readonly string[];
}

/** Never throws: what is not Go is the compiler's to refuse. */
export function readGoFile(source: string): GoFile {
  const tokens = tokensOf(source);
  const imports = new Map<string, string>();
  const functions: GoFunction[] = [];
  let packageName = "";
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind === "word" && token.text === "package" && packageName === "") packageName = tokens[++at]?.text ?? "";
    else if (token?.kind === "word" && token.text === "import") at = readImports(tokens, at + 1, imports);
    else if (token?.kind === "word" && token.text === "func") at = readFunction(tokens, at + 1, { imports, functions });
    else if (is(token, "(") || is(token, "{") || is(token, "[")) at = closeOf(tokens, at);
  }
  return { packageName, functions };
}

function is(token: Token | undefined, text: string): boolean {
  return token?.kind === "other" && token.text === text;
}

/** Returns the index of the last token. */
function readImports(tokens: readonly Token[], start: number, imports: Map<string, string>): number {
  const end = is(tokens[start], "(") ? closeOf(tokens, start) : tokens.findIndex(({ kind }, index) => index >= start && kind === "string");
  let alias: string | undefined;
  for (const { kind, text } of tokens.slice(start, end + 1)) {
    if (kind === "word") alias = text;
    if (kind !== "string") continue;
    for (const name of alias === undefined ? namesOf(text) : [alias]) imports.set(name, text);
    alias = undefined;
  }
  return end === -1 ? tokens.length : end;
}

/** What a package of this path is most likely called. */
function namesOf(path: string): string[] {
  const parts = path.split("/");
  const last = parts.at(-1) ?? "";
  return /^v\d+$/.test(last) ? [last, parts.at(-2) ?? ""] : [last];
}

interface Into {
  readonly imports: ReadonlyMap<string, string>;
  readonly functions: GoFunction[];
}

/** Returns the index of the last token. */
function readFunction(tokens: readonly Token[], start: number, { imports, functions }: Into): number {
  let at = start;
  let receiver: string | undefined;
  if (is(tokens[at], "(")) {
    const end = closeOf(tokens, at);
    receiver = receiverOf(tokens.slice(at + 1, end));
    at = end + 1;
  }
  const name = tokens[at]?.text ?? "";
  at++;
  if (is(tokens[at], "[")) at = closeOf(tokens, at) + 1;
  const close = closeOf(tokens, at);
  const parameters = typesOf(tokens.slice(at + 1, close), imports);
  const body = bodyOf(tokens, close + 1);
  const result = tokens.slice(close + 1, body);
  const listed = is(result[0], "(") && closeOf(result, 0) === result.length - 1;
  const results = listed ? typesOf(result.slice(1, -1), imports) : result.length === 0 ? [] : [typeText(result, imports)];
  functions.push({ name, receiver, parameters, results });
  return closeOf(tokens, body);
}

/** Where the body begins: the first brace that belongs to no type. */
function bodyOf(tokens: readonly Token[], start: number): number {
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at];
    if (is(token, "{")) return at;
    const isType = token?.kind === "word" && (token.text === "interface" || token.text === "struct");
    if (isType && is(tokens[at + 1], "{")) at = closeOf(tokens, at + 1);
    else if (is(token, "(") || is(token, "[")) at = closeOf(tokens, at);
  }
  return tokens.length;
}

/** `f *Function[T]` -> `Function` */
function receiverOf(tokens: readonly Token[]): string | undefined {
  const words = tokens.slice(0, tokens.findIndex((token) => is(token, "[")) >>> 0).filter(({ kind }) => kind === "word");
  return words.at(-1)?.text;
}

/** Names may be left out for all, or types for all but the last of equal ones. */
function typesOf(tokens: readonly Token[], imports: ReadonlyMap<string, string>): string[] {
  const parts = splitByComma(tokens);
  if (!parts.some(isNamed)) return parts.map((part) => typeText(part, imports));
  const types = parts.map((part) => (isNamed(part) ? typeText(part.slice(1), imports) : undefined));
  return types.map((type, index) => type ?? types.slice(index).find((later) => later !== undefined) ?? "");
}

const TYPE_WORDS = new Set(["func", "map", "chan", "interface", "struct"]);

/** A name and a type: `w http.ResponseWriter`, `r *http.Request`. */
function isNamed([first, second]: readonly Token[]): boolean {
  return first?.kind === "word" && !TYPE_WORDS.has(first.text) && second !== undefined && !is(second, ".");
}

function typeText(tokens: readonly Token[], imports: ReadonlyMap<string, string>): string {
  return tokens
    .map((token, at) => (token.kind === "word" && is(tokens[at + 1], ".") ? (imports.get(token.text) ?? token.text) : token.text))
    .join("");
}
