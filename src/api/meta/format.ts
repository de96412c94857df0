import type { LabelSelector } from "../k8s/types.generated.ts";

/** `a=b,c=d` in key order, `<none>` without any. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? "<none>" : entries.map(([key, value]) => `${key}=${value}`).join(",");
}

/** A selector as `kubectl get -o wide` shows it: `app=web,tier in (a,b)`. */
export function formatSelector(selector: LabelSelector | undefined): string {
  const requirements = (selector?.matchExpressions ?? []).map(({ key, operator, values }) => ({
    key,
    text: requirement(key, operator, values),
  }));
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const all = [...labels, ...requirements].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return all.length === 0 ? "<none>" : all.map(({ text }) => text).join(",");
}

function requirement(key: string, operator: string, values: readonly string[] | undefined): string {
  const list = (values ?? []).toSorted().join(",");
  if (operator === "In") return `${key} in (${list})`;
  if (operator === "NotIn") return `${key} notin (${list})`;
  return operator === "Exists" ? key : `!${key}`;
}

/** The first `limit` of some texts and how many more there are; `nothing` without any. */
export function formatSome(texts: readonly string[], limit: number, nothing: string): string {
  if (texts.length === 0) return nothing;
  const shown = texts.slice(0, limit).join(",");
  return texts.length > limit ? `${shown} + ${texts.length - limit} more...` : shown;
}
