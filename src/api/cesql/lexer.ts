import { CesqlSyntaxError } from "./syntax.ts";

export type Token =
  | { readonly kind: "integer" | "string" | "word"; readonly text: string; readonly position: number }
  | { readonly kind: "symbol"; readonly text: string; readonly position: number }
  | { readonly kind: "end"; readonly text: ""; readonly position: number };

/** Longest first. */
const TOKEN = /\s*(?:(\d+(?![a-z]))|([a-z0-9_]+)|('(?:\\[^]|''|[^'\\])*'|"(?:\\[^]|""|[^"\\])*")|(<>|!=|<=|>=|[-+*/%=<>(),]))/iy;

/** @throws CesqlSyntaxError where a character starts no token. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw unexpected(text, start);
    tokens.push(token(match, TOKEN.lastIndex));
  }
  tokens.push({ kind: "end", text: "", position: end });
  return tokens;
}

function token([, integer, word, string, symbol = ""]: RegExpExecArray, end: number): Token {
  if (integer !== undefined) return { kind: "integer", text: integer, position: end - integer.length };
  if (word !== undefined) return { kind: "word", text: word, position: end - word.length };
  if (string !== undefined) return { kind: "string", text: unquote(string), position: end - string.length };
  return { kind: "symbol", text: symbol, position: end - symbol.length };
}

/** Only the quote is escaped: a backslash before anything else stays, for LIKE. */
function unquote(literal: string): string {
  const quote = literal.charAt(0);
  return literal
    .slice(1, -1)
    .replaceAll(`\\${quote}`, quote)
    .replaceAll(quote + quote, quote);
}

function unexpected(text: string, from: number): CesqlSyntaxError {
  const position = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
  const character = text.charAt(position);
  const isQuote = character === "'" || character === '"';
  return new CesqlSyntaxError(
    isQuote ? "string literal without its closing quote" : `unexpected character ${JSON.stringify(character)}`,
    position,
  );
}
