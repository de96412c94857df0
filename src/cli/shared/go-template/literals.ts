import { GoError } from "./values.ts";

/** The value of a number as it is written: bigint for a whole number, number for one with a fraction or an exponent. */
export function numberValue(text: string): number | bigint {
  const digits = text.replaceAll("_", "");
  const sign = digits.startsWith("-") ? -1 : 1;
  const plain = digits.replace(/^[+-]/, "");
  if (/^0[xXbBoO]/.test(plain)) return BigInt(sign) * BigInt(plain);
  if (/^\d+$/.test(plain)) return BigInt(sign) * (/^0\d/.test(plain) ? BigInt(`0o${plain.slice(1)}`) : BigInt(plain));
  const value = Number(plain);
  if (Number.isNaN(value)) throw new GoError(`illegal number syntax: ${JSON.stringify(text)}`);
  return sign * value;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs;

/** A text in double or back quotes. */
export function unquote(text: string): string {
  if (text.startsWith("`")) return text.slice(1, -1);
  return text.slice(1, -1).replaceAll(ESCAPE, (_all, ...groups: (string | undefined)[]) => {
    const [hex, short, long, octal, letter = ""] = groups;
    const code = hex ?? short ?? long;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const plain = ESCAPES[letter];
    if (plain === undefined) throw new GoError("invalid syntax");
    return plain;
  });
}

/** `'x'` is the number of its character. */
export function characterValue(text: string): bigint {
  const char = unquote(text);
  if ([...char].length !== 1) throw new GoError(`malformed character constant: ${text}`);
  return BigInt(char.codePointAt(0) ?? 0);
}
