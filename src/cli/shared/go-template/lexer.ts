/** Text of a template into tokens: text outside of actions, and the words inside of `{{ }}`. */

export type TokenKind =
  | "text"
  | "left"
  | "right"
  | "space"
  | "field"
  | "variable"
  | "identifier"
  | "keyword"
  | "dot"
  | "nil"
  | "bool"
  | "number"
  | "string"
  | "raw"
  | "char"
  | "pipe"
  | "declare"
  | "assign"
  | "comma"
  | "open"
  | "close"
  | "sign"
  | "error"
  | "eof";

/** A word or a sign of a template. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of the token's first character. */
  readonly at: number;
  readonly line: number;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
]);

const SPACE = /[ \t\r\n]/;
const WORD = /[\p{L}\p{Nd}_]/u;

/** The tokens; after an error, which is the last one, nothing is read. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf("{{", at);
    const trimsLeft = open >= 0 && source.startsWith("{{-", open) && SPACE.test(source[open + 3] ?? "");
    const text = source.slice(at, open < 0 ? undefined : open);
    const shown = trimsLeft ? text.trimEnd() : text;
    if (shown !== "") tokens.push(token(source, "text", shown, at));
    if (open < 0) break;
    const end = lexAction(source, open, open + (trimsLeft ? 4 : 2), tokens);
    if (end === undefined) return tokens;
    at = end.trims ? skipSpace(source, end.at) : end.at;
  }
  tokens.push(token(source, "eof", "", source.length));
  return tokens;
}

interface End {
  readonly at: number;
  /** Whether white space behind the action goes. */
  readonly trims: boolean;
}

function skipSpace(source: string, at: number): number {
  let next = at;
  while (SPACE.test(source[next] ?? "")) next += 1;
  return next;
}

/** Pushes the tokens of one action; undefined after an error. */
function lexAction(source: string, open: number, start: number, tokens: Token[]): End | undefined {
  if (source.startsWith("/*", start)) return lexComment(source, start, tokens);
  tokens.push(token(source, "left", "{{", open));
  let at = start;
  let depth = 0;
  for (;;) {
    const end = actionEnd(source, at);
    if (end !== undefined && depth === 0) {
      tokens.push(token(source, "right", "}}", at));
      return end;
    }
    const next = end === undefined ? lexInside(source, at) : token(source, "error", "unclosed left paren", at);
    if (next.kind === "open") depth += 1;
    if (next.kind === "close") depth -= 1;
    if (depth < 0) tokens.push(token(source, "error", "unexpected right paren", at));
    else tokens.push(next);
    if (next.kind === "error" || depth < 0) return undefined;
    at += next.text.length;
  }
}

function lexComment(source: string, at: number, tokens: Token[]): End | undefined {
  const close = source.indexOf("*/", at);
  const end = close < 0 ? undefined : actionEnd(source, close + 2);
  if (end !== undefined) return end;
  tokens.push(token(source, "error", close < 0 ? "unclosed comment" : "comment ends before closing delimiter", at));
  return undefined;
}

function actionEnd(source: string, at: number): End | undefined {
  if (SPACE.test(source[at] ?? "") && source.startsWith("-}}", at + 1)) return { at: at + 4, trims: true };
  return source.startsWith("}}", at) ? { at: at + 2, trims: false } : undefined;
}

function token(source: string, kind: TokenKind, text: string, at: number): Token {
  return { kind, text, at, line: 1 + countLines(source, at) };
}

function countLines(source: string, end: number): number {
  return source.slice(0, end).split("\n").length - 1;
}

const SIGNS: Readonly<Record<string, TokenKind>> = { "|": "pipe", "=": "assign", ",": "comma", "(": "open", ")": "close" };

/** One token inside of an action. */
function lexInside(source: string, at: number): Token {
  const char = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (at >= source.length) return token(source, "error", "unclosed action", at);
  if (SPACE.test(char)) return lexSpace(source, at);
  if (source.startsWith(":=", at)) return token(source, "declare", ":=", at);
  if (char === ":") return token(source, "error", "expected :=", at);
  const sign = SIGNS[char];
  if (sign !== undefined) return token(source, sign, char, at);
  if (char === '"') return lexQuoted(source, at, { quote: '"', kind: "string", fault: "unterminated quoted string" });
  if (char === "'") return lexQuoted(source, at, { quote: "'", kind: "char", fault: "unterminated character constant" });
  if (char === "`") return lexRaw(source, at);
  if (char === "$") return lexName(source, at, "variable");
  if (char === "." && !/[0-9]/.test(source[at + 1] ?? "")) return lexName(source, at, "field");
  if (/[0-9.+-]/.test(char)) return lexNumber(source, at);
  if (WORD.test(char)) return lexWord(source, at);
  if (/[!-~]/.test(char)) return token(source, "sign", char, at);
  return token(source, "error", `unrecognized character in action: ${codePoint(char)}`, at);
}

/** `U+0040 '@'` */
function codePoint(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return /\p{C}/u.test(char) ? `U+${hex}` : `U+${hex} '${char}'`;
}

function lexSpace(source: string, at: number): Token {
  let end = at + 1;
  while (SPACE.test(source[end] ?? "") && !source.startsWith("-}}", end + 1)) end += 1;
  return token(source, "space", source.slice(at, end), at);
}

interface Quoted {
  readonly quote: string;
  readonly kind: TokenKind;
  readonly fault: string;
}

function lexQuoted(source: string, at: number, { quote, kind, fault }: Quoted): Token {
  let end = at + 1;
  for (; end < source.length && source[end] !== "\n"; end += 1) {
    if (source[end] === "\\") end += 1;
    else if (source[end] === quote) return token(source, kind, source.slice(at, end + 1), at);
  }
  return token(source, "error", fault, at);
}

function lexRaw(source: string, at: number): Token {
  const end = source.indexOf("`", at + 1);
  if (end < 0) return token(source, "error", "unterminated raw quoted string", at);
  return token(source, "raw", source.slice(at, end + 1), at);
}

function wordEnd(source: string, at: number): number {
  let end = at;
  while (end < source.length && WORD.test(source[end] ?? "")) end += 1;
  return end;
}

/** `.name`, `$name`, or the sign alone. */
function lexName(source: string, at: number, kind: "field" | "variable"): Token {
  const end = wordEnd(source, at + 1);
  if (!isTerminator(source, end)) return badCharacter(source, end);
  return token(source, end === at + 1 && kind === "field" ? "dot" : kind, source.slice(at, end), at);
}

function isTerminator(source: string, at: number): boolean {
  return at >= source.length || /[ \t\r\n.,|:()]/.test(source[at] ?? "") || source.startsWith("}}", at);
}

function badCharacter(source: string, at: number): Token {
  return token(source, "error", `bad character ${codePoint(String.fromCodePoint(source.codePointAt(at) ?? 0))}`, at);
}

function lexNumber(source: string, at: number): Token {
  const text =
    /^[+-]?(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9_]*\.?[0-9_]*([eE][+-]?[0-9_]*)?i?)/.exec(source.slice(at))?.[0] ?? "";
  const end = at + text.length;
  if (WORD.test(source[end] ?? "") || !/[0-9]/.test(text)) {
    return token(source, "error", `bad number syntax: ${JSON.stringify(source.slice(at, Math.max(end, at) + 1))}`, at);
  }
  return token(source, "number", text, at);
}

function lexWord(source: string, at: number): Token {
  const end = wordEnd(source, at);
  if (!isTerminator(source, end)) return badCharacter(source, end);
  const word = source.slice(at, end);
  if (KEYWORDS.has(word)) return token(source, "keyword", word, at);
  return token(source, word === "nil" ? "nil" : word === "true" || word === "false" ? "bool" : "identifier", word, at);
}
