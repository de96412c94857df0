import { parse } from "yaml";
import { isRecord } from "../../../std/json.ts";
import { ConfigError } from "../parse.ts";

/** The YAML mapping that a key of a ConfigMap holds; undefined when the key is absent or empty. Throws ConfigError. */
export function yamlRecord(text: string | undefined, what: string): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const value = yamlValue(text, what);
  if (value === null) return undefined;
  if (!isRecord(value)) throw new ConfigError(`${what} is not a mapping`);
  return value;
}

function yamlValue(text: string, what: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw new ConfigError(`${what} is no YAML: ${(error as Error).message.split("\n")[0] ?? ""}`);
  }
}

/** The members of a mapping that is a member itself. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
