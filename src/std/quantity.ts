/**
 * Kubernetes quantities: `100m`, `1.5Gi`, `2e3`. Kept exactly as a whole number of 10^-9 (nano), the finest that
 * Kubernetes keeps; finer fractions are rounded up, away from zero.
 */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: "DecimalSI" | "BinarySI" | "DecimalExponent";
}

const TEXT = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,3})?$/;
const NANO = 10n ** 9n;
const BINARY = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;
const DECIMAL: readonly (readonly [string, number])[] = [
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
];
const EXPONENT = new Map(DECIMAL);

/** Undefined if the text is not a quantity. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = TEXT.exec(text);
  if (match === null) return undefined;
  const [, sign = "", number = "", suffix = ""] = match;
  const { numerator, denominator, format } = scale(suffix);
  const [whole = "", fraction = ""] = number.split(".");
  const digits = BigInt(`${whole}${fraction}` || "0");
  const nanos = divideUp(digits * NANO * numerator, denominator * 10n ** BigInt(fraction.length));
  return { nanos: sign === "-" ? -nanos : nanos, format };
}

function scale(suffix: string): { numerator: bigint; denominator: bigint; format: Quantity["format"] } {
  const power = BINARY.findIndex((unit) => unit === suffix);
  if (power >= 0) return { numerator: 1024n ** BigInt(power + 1), denominator: 1n, format: "BinarySI" };
  const isExponent = suffix.length > 1;
  const exponent = isExponent ? Number(suffix.slice(1)) : (EXPONENT.get(suffix) ?? 0);
  const format = isExponent ? "DecimalExponent" : "DecimalSI";
  if (exponent < 0) return { numerator: 1n, denominator: 10n ** BigInt(-exponent), format };
  return { numerator: 10n ** BigInt(exponent), denominator: 1n, format };
}

function divideUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

/** The canonical text: no fraction, the largest suffix that keeps it whole (`1500m` stays, `1000m` becomes `1`). */
export function formatQuantity(quantity: Quantity): string {
  const { nanos, format } = quantity;
  const sign = nanos < 0n ? "-" : "";
  const size = nanos < 0n ? -nanos : nanos;
  if (size === 0n) return "0";
  if (format === "BinarySI" && size >= 1024n * NANO && size % NANO === 0n) return sign + binaryText(size / NANO);
  return sign + decimalText(size, format === "DecimalExponent");
}

function binaryText(value: bigint): string {
  let rest = value;
  let power = 0;
  while (power < BINARY.length && rest % 1024n === 0n) {
    rest /= 1024n;
    power++;
  }
  return `${rest}${power === 0 ? "" : (BINARY[power - 1] ?? "")}`;
}

function decimalText(size: bigint, isExponent: boolean): string {
  let rest = size;
  let power = 0;
  while (power < DECIMAL.length - 1 && rest % 1000n === 0n) {
    rest /= 1000n;
    power++;
  }
  const [suffix, exponent] = DECIMAL[power] ?? ["", 0];
  if (!isExponent || exponent === 0) return `${rest}${suffix}`;
  return `${rest}e${exponent}`;
}

/** The canonical form of a text, or the text itself if it is not a quantity. */
export function canonicalQuantity(text: string): string {
  const quantity = parseQuantity(text);
  return quantity === undefined ? text : formatQuantity(quantity);
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

/** As a number of whole units, e.g. bytes or cores; loses precision beyond 2^53. */
export function quantityValue(quantity: Quantity): number {
  return Number(quantity.nanos) / 1e9;
}

/** In thousandths, rounded up, as CPU is counted. */
export function quantityMilli(quantity: Quantity): number {
  return Number(divideUp(quantity.nanos, 10n ** 6n));
}

export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.format };
}
