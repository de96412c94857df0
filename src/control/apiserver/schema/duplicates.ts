import { fieldPath } from "./path.ts";

/**
 * Texts about fields that a JSON text has twice, which `JSON.parse` keeps silent about: the last one wins.
 * `value` is the parsed text; it has passed `hostileShape`.
 */
export function duplicateFields(text: string, value: unknown): readonly string[] {
  if (countColons(text) === countKeys(value)) return [];
  const scanner = new Scanner(text);
  scanner.value("");
  return scanner.duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`);
}

/** One outside of strings for each field that was written. */
function countColons(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) i = endOfString(text, i) - 1;
    else if (code === 0x3a) count += 1;
  }
  return count;
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const children = Object.values(value);
  const own = Array.isArray(value) ? 0 : children.length;
  return children.reduce<number>((sum, child) => sum + countKeys(child), own);
}

/** The position behind the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length;
    let escapes = 0;
    while (quote - escapes > from && text.charCodeAt(quote - escapes - 1) === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

const SPACE = /[\s,:]*/y;
const LITERAL = /[^\s,\]}]*/y;

/** Walks a text that is known to be JSON, so separators need no check. */
class Scanner {
  readonly duplicates: string[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(path: string): void {
    const first = this.#peek();
    if (first === "{") this.#object(path);
    else if (first === "[") this.#array(path);
    else if (first === '"') this.#string();
    else this.#skip(LITERAL);
  }

  #object(path: string): void {
    this.#at += 1;
    const seen = new Set<string>();
    while (this.#peek() !== "}") {
      const key = this.#string();
      const child = fieldPath(path, key);
      if (seen.has(key)) this.duplicates.push(child);
      seen.add(key);
      this.value(child);
    }
    this.#at += 1;
  }

  #array(path: string): void {
    this.#at += 1;
    for (let i = 0; this.#peek() !== "]"; i++) this.value(`${path}[${i}]`);
    this.#at += 1;
  }

  #string(): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start);
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #peek(): string | undefined {
    this.#skip(SPACE);
    return this.#text[this.#at];
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.exec(this.#text);
    this.#at = pattern.lastIndex;
  }
}
