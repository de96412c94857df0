/** What Go's encoding/json says about a text that is not JSON: clients show it, and tests of theirs compare it. */
export function goJsonError(text: string): string {
  const scanner = new Scanner(text);
  return scanner.value(0) ?? scanner.end() ?? "unexpected end of JSON input";
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const DEPTH_MAX = 1_000;
const END = "unexpected end of JSON input";

/** Finds the first error only; methods answer undefined while there is none. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): string | undefined {
    this.#space();
    return this.#at < this.#text.length ? this.#wrong("after top-level value") : undefined;
  }

  value(depth: number): string | undefined {
    if (depth > DEPTH_MAX) return "exceeded max depth";
    this.#space();
    const first = this.#text[this.#at];
    if (first === undefined) return END;
    if (first === "{") return this.#members(depth, "}");
    if (first === "[") return this.#members(depth, "]");
    if (first === '"') return this.#string();
    if (first === "t" || first === "f" || first === "n") return this.#literal(first === "t" ? "true" : first === "f" ? "false" : "null");
    return this.#number();
  }

  #members(depth: number, close: "}" | "]"): string | undefined {
    this.#at++;
    this.#space();
    if (this.#take(close)) return undefined;
    for (;;) {
      const wrong = (close === "}" ? this.#key() : undefined) ?? this.value(depth + 1);
      if (wrong !== undefined) return wrong;
      this.#space();
      if (this.#take(close)) return undefined;
      if (!this.#take(",")) return this.#wrong(close === "}" ? "after object key:value pair" : "after array element");
    }
  }

  #key(): string | undefined {
    this.#space();
    if (this.#text[this.#at] !== '"') return this.#wrong("looking for beginning of object key string");
    const wrong = this.#string();
    this.#space();
    return wrong ?? (this.#take(":") ? undefined : this.#wrong("after object key"));
  }

  #string(): string | undefined {
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] ?? "";
      if (character === '"') return void this.#at++;
      if (character < " ") return this.#wrong("in string literal");
      if (character === "\\") {
        const wrong = this.#escape();
        if (wrong !== undefined) return wrong;
      }
    }
    return END;
  }

  #escape(): string | undefined {
    this.#at++;
    if (!'"\\/bfnrtu'.includes(this.#text[this.#at] ?? "x")) return this.#wrong("in string escape code");
    if (this.#text[this.#at] !== "u") return undefined;
    for (let digit = 0; digit < 4; digit++) {
      this.#at++;
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? "x")) return this.#wrong("in \\u hexadecimal character escape");
    }
    return undefined;
  }

  #literal(word: string): string | undefined {
    for (const letter of word.split("")) if (!this.#take(letter)) return this.#wrong(`in literal ${word} (expecting '${letter}')`);
    return undefined;
  }

  #number(): string | undefined {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#text);
    if (found !== null) return this.#afterNumber(found[0]);
    if (this.#take("-")) return this.#wrong("in numeric literal");
    return this.#wrong("looking for beginning of value");
  }

  #afterNumber(number: string): string | undefined {
    this.#at += number.length;
    if (/^-?\d+$/.test(number) && this.#take(".")) return this.#wrong("after decimal point in numeric literal");
    if (!/[eE]/.test(number) && (this.#take("e") || this.#take("E"))) {
      if (!this.#take("+")) this.#take("-");
      return this.#wrong("in exponent of numeric literal");
    }
    return undefined;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  /** At the end of the text Go lets a space follow: within a word or a number that is the wrong character, elsewhere it is not. */
  #wrong(where: string): string {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) return /^in |decimal/.test(where) ? `invalid character ' ' ${where}` : END;
    return `invalid character ${quoted(String.fromCodePoint(code))} ${where}`;
  }
}

function quoted(character: string): string {
  if (character === "'") return String.raw`'\''`;
  if (character === '"') return `'"'`;
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}
