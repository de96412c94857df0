import type { LabelSelector } from "../../k8s/types.generated.ts";
import { isRecord } from "../../../std/json.ts";
import { ConfigError, type ConfigData } from "../parse.ts";
import { yamlRecord } from "./yaml.ts";

export const SUGAR_CONFIG = "config-sugar";

/** `config-sugar`: which objects ask for a Broker named `default`. An empty selector chooses everything, undefined nothing. */
export interface SugarConfig {
  readonly namespaceSelector: LabelSelector | undefined;
  readonly triggerSelector: LabelSelector | undefined;
}

/** Throws ConfigError. */
export function parseSugarConfig(data: ConfigData = {}): SugarConfig {
  return { namespaceSelector: selector(data, "namespace-selector"), triggerSelector: selector(data, "trigger-selector") };
}

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"];

function selector(data: ConfigData, key: string): LabelSelector | undefined {
  const root = yamlRecord(data[key], key);
  if (root === undefined) return undefined;
  const { matchLabels, matchExpressions } = root;
  if (matchLabels !== undefined && !isRecord(matchLabels)) throw new ConfigError(`${key}: matchLabels is not a mapping`);
  const expressions = matchExpressions ?? [];
  if (!Array.isArray(expressions) || !expressions.every(isExpression)) {
    throw new ConfigError(`${key}: matchExpressions is not a list of key, operator and values`);
  }
  return root as LabelSelector;
}

function isExpression(value: unknown): boolean {
  return isRecord(value) && typeof value["key"] === "string" && OPERATORS.includes(String(value["operator"]));
}
