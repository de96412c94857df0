import type { LabelSelector, LabelSelectorRequirement } from "../api/k8s/types.generated.ts";

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether a label selector picks these labels. An absent selector picks nothing, an empty one everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  const { matchLabels, matchExpressions = [] } = selector;
  return matchesLabels(matchLabels, labels) && matchExpressions.every((term) => meets(labels?.[term.key], term));
}

/** Whether all of `wanted` are among `labels`. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => labels?.[name] === value);
}

/** Whether a value, or its absence, is as required. Operators other than the four of labels are never met. */
export function meets(
  value: string | undefined,
  { operator, values = [] }: Pick<LabelSelectorRequirement, "operator" | "values">,
): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}

/** The text form for `labelSelector=` of a list or watch. */
export function formatSelector(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
  return [...equal, ...(selector.matchExpressions ?? []).map(formatTerm)].join(",");
}

function formatTerm({ key, operator, values = [] }: LabelSelectorRequirement): string {
  switch (operator) {
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
  }
}

/** Parses the text form. Throws on what it does not know. */
export function parseSelector(text: string): LabelSelector {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  return { matchExpressions: parts.filter((part) => part !== "").map(parseTerm) };
}

function parseTerm(text: string): LabelSelectorRequirement {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set !== null) {
    const values = (set[3] ?? "").split(",").map((value) => value.trim());
    return { key: set[1] ?? "", operator: set[2] === "in" ? "In" : "NotIn", values };
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (equality !== null) return { key: equality[1] ?? "", operator: equality[2] === "!=" ? "NotIn" : "In", values: [equality[3] ?? ""] };
  if (/^!\s*\S+$/.test(text)) return { key: text.slice(1).trim(), operator: "DoesNotExist" };
  if (/^[^\s=!]+$/.test(text)) return { key: text, operator: "Exists" };
  throw new SyntaxError(`cannot parse the label selector "${text}"`);
}
