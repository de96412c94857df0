/** Go's tokens, as far as declarations at the top level need them: comments are gone, literals are whole. */

export interface Token {
  readonly kind: "word" | "string" | "other";
  /** A string's value without its quotes. */
  readonly text: string;
}

const TOKEN = new RegExp(
  [
    /\/\/[^\n]*|\/\*[^]*?\*\//u,
    /(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)/u,
    /(?<rune>'(?:[^'\\\n]|\\.)+')/u,
    /(?<word>[\p{L}_][\p{L}\p{Nd}_]*)/u,
    /(?<other>\.\.\.|[^\s])/u,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gu",
);

export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  for (const { groups = {} } of source.matchAll(TOKEN)) {
    if (groups["string"] !== undefined) tokens.push({ kind: "string", text: groups["string"].slice(1, -1) });
    else if (groups["word"] !== undefined) tokens.push({ kind: "word", text: groups["word"] });
    else if (groups["rune"] !== undefined) tokens.push({ kind: "other", text: "0" });
    else if (groups["other"] !== undefined) tokens.push({ kind: "other", text: groups["other"] });
  }
  return tokens;
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** The index of the bracket that closes the one at `open`; the end where it is not closed. */
export function closeOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind !== "other") continue;
    if (token.text in CLOSING) depth++;
    else if (Object.values(CLOSING).includes(token.text) && --depth === 0) return at;
  }
  return tokens.length;
}

/** The lists between commas that are in no bracket. */
export function splitByComma(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const last = token.kind === "other" && token.text in CLOSING ? closeOf(tokens, at) : at;
    if (token.kind === "other" && token.text === ",") parts.push([]);
    else parts.at(-1)?.push(...tokens.slice(at, last + 1));
    at = last;
  }
  return parts.filter((part) => part.length > 0);
}
