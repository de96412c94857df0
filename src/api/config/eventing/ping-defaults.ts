import { int, type ConfigData } from "../parse.ts";

export const PING_DEFAULTS_CONFIG = "config-ping-defaults";

/** `config-ping-defaults`. */
export interface PingDefaults {
  /** Longest data of a PingSource, bytes; -1: any. */
  readonly dataMaxSize: number;
}

/** Throws ConfigError. */
export function parsePingDefaults(data: ConfigData = {}): PingDefaults {
  const key = data["data-max-size"] === undefined ? "dataMaxSize" : "data-max-size";
  return { dataMaxSize: int(data, key, -1, 64) };
}
