import type { Problem } from "./check.ts";
import { isLocalReference } from "./envs.ts";
import { labelKeyErrors, labelTextErrors } from "./names.ts";

interface Label {
  readonly key?: string;
  readonly value?: string;
}

export function checkLabels(labels: readonly Label[], path: string): Problem[] {
  return labels.flatMap((label, index) =>
    problemsOf(label).map((text) => ({ path: `${path}.${index}`, text: `label entry #${index} ${text}` })),
  );
}

function problemsOf({ key, value }: Label): string[] {
  if (key === undefined) return [value === undefined ? "has neither a key nor a value" : `has no key, only the value '${value}'`];
  const wrongKey = labelKeyErrors(key).map((reason) => `has the key ${JSON.stringify(key)}: ${reason}`);
  return [...wrongKey, ...(value === undefined ? [] : valueProblems(key, value))];
}

function valueProblems(key: string, value: string): string[] {
  if (isLocalReference(value)) return [];
  if (value.startsWith("{{")) return [`with the key '${key}' has the value '${value}'; only '{{ env:NAME }}' is allowed`];
  return labelTextErrors(value).map((reason) => `with the key '${key}' has the value ${JSON.stringify(value)}: ${reason}`);
}
