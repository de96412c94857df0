import { formatGoDuration, parseGoDuration } from "../../std/duration.ts";

/** The data of a ConfigMap. */
export type ConfigData = Readonly<Record<string, string>>;

/** A ConfigMap that says something impossible. The message is what the webhook answers with. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export function failToParse(key: string, why: string): never {
  throw new ConfigError(`failed to parse "${key}": ${why}`);
}

/** Readers of single keys. Each gives the default when the key is absent and throws ConfigError when its text is none. */
export function int(data: ConfigData, key: string, byDefault: number, bits: 32 | 64 = 32): number {
  const text = data[key]?.trim();
  if (text === undefined) return byDefault;
  if (!/^[+-]?\d+$/.test(text)) return failToParse(key, `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  const limit = bits === 32 ? 2 ** 31 : 2 ** 63;
  if (value >= limit || value < -limit) return failToParse(key, `strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}

export function float(data: ConfigData, key: string, byDefault: number): number {
  const text = data[key]?.trim();
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) return failToParse(key, `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
  return value;
}

/** Like Go's `strings.EqualFold(text, "true")`: anything else is false. */
export function bool(data: ConfigData, key: string, byDefault: boolean): boolean {
  const text = data[key];
  return text === undefined ? byDefault : text.trim().toLowerCase() === "true";
}

/** Milliseconds. */
export function durationMs(data: ConfigData, key: string, byDefaultMs: number): number {
  const text = data[key]?.trim();
  if (text === undefined) return byDefaultMs;
  const value = parseGoDuration(text);
  return value ?? failToParse(key, goDurationFault(text));
}

export function text(data: ConfigData, key: string, byDefault: string): string {
  const value = data[key];
  return value === undefined ? byDefault : value;
}

/** Comma-separated, without blanks and empty members. */
export function stringSet(data: ConfigData, key: string, byDefault: readonly string[]): ReadonlySet<string> {
  const value = data[key];
  if (value === undefined) return new Set(byDefault);
  return new Set(
    value
      .split(",")
      .map((member) => member.trim())
      .filter((member) => member !== ""),
  );
}

export function requireThat(holds: boolean, message: string): void {
  if (!holds) throw new ConfigError(message);
}

/** What Go's time.ParseDuration says about a text that is no duration. */
function goDurationFault(text: string): string {
  const quoted = JSON.stringify(text);
  const unit = /^[+-]?(?:\d+\.?\d*|\.\d+)([^\d.]*)/.exec(text);
  if (unit === null) return `time: invalid duration ${quoted}`;
  if (unit[1] === "") return `time: missing unit in duration ${quoted}`;
  return `time: unknown unit ${JSON.stringify(unit[1])} in duration ${quoted}`;
}

export { formatGoDuration, parseGoDuration };
