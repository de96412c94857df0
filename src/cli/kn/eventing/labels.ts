import type { LabelSelector } from "../../../api/k8s/types.generated.ts";

/** `a=b,c=d`; undefined: the text is none. */
export function labelsOf(text: string): Record<string, string> | undefined {
  const pairs = text.split(",").map((pair) => pair.split("=", 2));
  return pairs.every((pair) => pair.length === 2) ? (Object.fromEntries(pairs) as Record<string, string>) : undefined;
}

/** Labels of a selector in their order. */
export function labelsText(selector: LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (labels.length === 0) return (selector?.matchExpressions?.length ?? 0) > 0 ? "[match expressions]" : "";
  return labels.map(([key, value]) => `${key}=${value}`).join(",");
}
