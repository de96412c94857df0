import { ConfigError, failToParse, parseGoDuration, type ConfigData } from "./parse.ts";

export const GC_CONFIG = "config-gc";

/** `config-gc`. undefined: disabled. Times in milliseconds. */
export interface GcConfig {
  readonly retainSinceCreateTimeMs: number | undefined;
  readonly retainSinceLastActiveTimeMs: number | undefined;
  readonly minNonActiveRevisions: number;
  readonly maxNonActiveRevisions: number | undefined;
}

const HOUR_MS = 3_600_000;

/** Throws ConfigError. */
export function parseGcConfig(data: ConfigData = {}): GcConfig {
  const config = {
    retainSinceCreateTimeMs: time(data, "retain-since-create-time", 48 * HOUR_MS),
    retainSinceLastActiveTimeMs: time(data, "retain-since-last-active-time", 15 * HOUR_MS),
    minNonActiveRevisions: count(data, "min-non-active-revisions", 20) ?? 0,
    maxNonActiveRevisions: count(data, "max-non-active-revisions", 1000),
  };
  const { minNonActiveRevisions: min, maxNonActiveRevisions: max } = config;
  if (max !== undefined && min > max) {
    throw new ConfigError(`min-non-active-revisions(${min}) must be <= max-non-active-revisions(${max})`);
  }
  return config;
}

function time(data: ConfigData, key: string, byDefaultMs: number): number | undefined {
  const text = data[key]?.trim();
  if (text === undefined) return byDefaultMs;
  if (text === "disabled") return undefined;
  const value = parseGoDuration(text);
  if (value === undefined) return failToParse(key, `time: invalid duration ${JSON.stringify(text)}`);
  if (value < 0) throw new ConfigError(`${key} must be non-negative`);
  return value;
}

function count(data: ConfigData, key: string, byDefault: number): number | undefined {
  const text = data[key]?.trim();
  if (text === undefined) return byDefault;
  if (text === "disabled") return undefined;
  if (!/^\d+$/.test(text)) return failToParse(key, `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
