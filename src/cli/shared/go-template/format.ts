/** Go's fmt, as far as values of templates need it. */
import { isList, isMap, sortedKeys, typeName, type GoValue } from "./values.ts";

/** As print does: a space between two values of which neither is text. */
export function sprint(values: readonly GoValue[]): string {
  return values
    .map((value, index) => {
      const spaced = index > 0 && typeof value !== "string" && typeof values[index - 1] !== "string";
      return (spaced ? " " : "") + plain(value);
    })
    .join("");
}

/** As println does: spaces between all, and a line's end. */
export function sprintln(values: readonly GoValue[]): string {
  return `${values.map(plain).join(" ")}\n`;
}

/** `%v` */
export function plain(value: GoValue): string {
  return verbText({ verb: "v", flags: "", width: undefined, precision: undefined }, value);
}

interface Directive {
  readonly verb: string;
  /** Of `+-# 0`. */
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

const DIRECTIVE = /%([+\-# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?(.)?/gsu;

export function sprintf(format: string, values: readonly GoValue[]): string {
  let used = 0;
  const take = (): GoValue => values[used++];
  const text = format.replaceAll(DIRECTIVE, (...match: string[]) => {
    const [all = "", flags = "", width, precision, verb] = match;
    if (verb === undefined) return "%!(NOVERB)";
    if (verb === "%") return "%";
    const number = (given: string | undefined) => (given === "*" ? Number(take()) : given === undefined ? undefined : Number(given));
    const sizes = { width: number(width), precision: precision === undefined && all.includes(".") ? 0 : number(precision) };
    if (used >= values.length) return `%!${verb}(MISSING)`;
    return padded({ verb, flags, ...sizes }, verbText({ verb, flags, ...sizes }, take()));
  });
  if (used >= values.length) return text;
  const extra = values.slice(used).map((value) => (isNil(value) ? "<nil>" : `${typeName(value)}=${plain(value)}`));
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function isNil(value: GoValue): value is null | undefined {
  return value === undefined || value === null;
}

function padded({ width = 0, flags }: Directive, text: string): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0")) return " ".repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

function verbText(directive: Directive, value: GoValue): string {
  const { verb, flags } = directive;
  if (verb === "T") return typeName(value);
  if (isNil(value)) return verb === "v" ? "<nil>" : `%!${verb}(<nil>)`;
  if (verb === "v" && flags.includes("#")) return goSyntax(value);
  if (isList(value)) return `[${value.map((item) => verbText(directive, item)).join(" ")}]`;
  if (isMap(value)) return mapText(value, directive);
  return scalarText(directive, value) ?? `%!${verb}(${typeName(value)}=${plain(value)})`;
}

function mapText(map: { readonly [key: string]: GoValue }, directive: Directive): string {
  const pairs = sortedKeys(map).map((key) => `${verbText(directive, key)}:${verbText(directive, map[key])}`);
  return `map[${pairs.join(" ")}]`;
}

/** `%#v` */
function goSyntax(value: GoValue): string {
  if (isNil(value)) return "interface {}(nil)";
  if (typeof value === "string") return quoted(value);
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (!isMap(value)) return plain(value);
  return `map[string]interface {}{${sortedKeys(value)
    .map((key) => `${quoted(key)}:${goSyntax(value[key])}`)
    .join(", ")}}`;
}

/** Undefined when the verb is none of this type. */
function scalarText(directive: Directive, value: GoValue): string | undefined {
  switch (typeof value) {
    case "boolean":
      return "vt".includes(directive.verb) ? String(value) : undefined;
    case "bigint":
      return integerText(directive, value);
    case "number":
      return floatText(directive, value);
    case "string":
      return stringText(directive, value);
    default:
      return undefined;
  }
}

function integerText({ verb, flags }: Directive, value: bigint): string | undefined {
  const sign = value >= 0n && flags.includes("+") ? "+" : value >= 0n && flags.includes(" ") ? " " : "";
  const prefix = flags.includes("#") ? { x: "0x", X: "0X", o: "0", b: "0b" }[verb] : undefined;
  const based = (base: number) => `${sign}${value < 0n ? "-" : ""}${prefix ?? ""}${(value < 0n ? -value : value).toString(base)}`;
  switch (verb) {
    case "v":
    case "d":
      return sign + value.toString();
    case "x":
      return based(16);
    case "X":
      return based(16).toUpperCase();
    case "o":
      return based(8);
    case "b":
      return based(2);
    case "U":
      return `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;
    case "c":
      return String.fromCodePoint(Number(value));
    case "q":
      return `'${quoted(String.fromCodePoint(Number(value)))
        .slice(1, -1)
        .replace('\\"', '"')
        .replace(/^'$/, "\\'")}'`;
    default:
      return undefined;
  }
}

function floatText({ verb, flags, precision }: Directive, value: number): string | undefined {
  const sign = value >= 0 && flags.includes("+") ? "+" : value >= 0 && flags.includes(" ") ? " " : "";
  switch (verb) {
    case "f":
    case "F":
      return sign + value.toFixed(precision ?? 6);
    case "e":
    case "E":
      return sign + cased(verb, exponent(value.toExponential(precision ?? 6)));
    case "g":
    case "G":
    case "v":
      return sign + cased(verb, shortest(value, precision));
    default:
      return undefined;
  }
}

function cased(verb: string, text: string): string {
  return verb === "E" || verb === "G" ? text.toUpperCase() : text;
}

/** Go writes at least two digits of an exponent. */
function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

/** `%g`: with an exponent when it is less than -4 or too large for the digits. */
function shortest(value: number, precision: number | undefined): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  const scientific = precision === undefined ? value.toExponential() : value.toExponential(Math.max(precision, 1) - 1);
  const [mantissa = "", power = "0"] = scientific.split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  const digits = short.replaceAll(/[-.]/g, "").length;
  const least = Math.max(precision ?? 6, 1);
  const limit = precision !== undefined && least > digits && digits > Number(power) ? digits : least;
  if (Number(power) < -4 || Number(power) >= limit)
    return exponent(`${short}e${power.startsWith("-") ? "" : "+"}${power.replace("+", "")}`);
  return Number(`${short}e${power}`).toFixed(Math.max(digits - 1 - Number(power), 0));
}

function stringText({ verb, flags, precision }: Directive, value: string): string | undefined {
  const text = precision === undefined ? value : [...value].slice(0, precision).join("");
  switch (verb) {
    case "v":
    case "s":
      return text;
    case "q":
      return flags.includes("#") && !text.includes("`") ? `\`${text}\`` : quoted(text);
    case "x":
      return Buffer.from(text).toString("hex");
    case "X":
      return Buffer.from(text).toString("hex").toUpperCase();
    default:
      return undefined;
  }
}

const NAMED: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

/** A Go string literal. */
export function quoted(text: string): string {
  const inner = text.replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (char) => NAMED[char] ?? escaped(char));
  return `"${inner}"`;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
