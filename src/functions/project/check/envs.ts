import type { EnvEntry } from "../config.ts";
import type { Problem } from "./check.ts";
import { envNameErrors } from "./names.ts";

const NAME = String.raw`[-._a-zA-Z0-9]+`;
const LOCAL = new RegExp(String.raw`^\{\{\s*env\s*:\s*${NAME}\s*\}\}$`);
const KEY = new RegExp(String.raw`^\{\{\s*(secret|configMap)\s*:\s*${NAME}\s*:\s*${NAME}\s*\}\}$`);
const WHOLE = new RegExp(String.raw`^\{\{\s*(secret|configMap)\s*:\s*${NAME}\s*\}\}$`);

/** `{{ env:X }}` */
export function isLocalReference(value: string): boolean {
  return LOCAL.test(value);
}

/** Where the entries are used decides what they may refer to: a build only sees this machine. */
export function checkEnvs(entries: readonly EnvEntry[], path: string, scope: "run" | "build"): Problem[] {
  const problems = entries.map((entry, index) =>
    problemOf(entry, scope).map((text) => ({ path: `${path}.${index}`, text: `env entry #${index} ${text}` })),
  );
  return [...problems.flat(), ...duplicates(entries, path)];
}

function problemOf({ name, value }: EnvEntry, scope: "run" | "build"): string[] {
  if (name === undefined && value === undefined) return ["has neither a name nor a value"];
  if (value === undefined) return [`has no value, only the name '${name}'`];
  if (name === undefined) return nameless(value, scope);
  const wrongName = envNameErrors(name).map((reason) => `has the name ${JSON.stringify(name)}: ${reason}`);
  return [...wrongName, ...(isAllowed(value, scope) ? [] : [`with the name '${name}' has the value '${value}'; ${allowedText(scope)}`])];
}

function nameless(value: string, scope: "run" | "build"): string[] {
  if (scope === "build") return [`has no name, only the value '${value}'`];
  if (WHOLE.test(value)) return [];
  return [`has no name and the value '${value}'; without a name only '{{ secret:NAME }}' and '{{ configMap:NAME }}' are allowed`];
}

function isAllowed(value: string, scope: "run" | "build"): boolean {
  return !value.startsWith("{{") || LOCAL.test(value) || (scope === "run" && KEY.test(value));
}

function allowedText(scope: "run" | "build"): string {
  return scope === "build"
    ? "only '{{ env:NAME }}' is allowed"
    : "only '{{ env:NAME }}', '{{ secret:NAME:KEY }}' and '{{ configMap:NAME:KEY }}' are allowed";
}

function duplicates(entries: readonly EnvEntry[], path: string): Problem[] {
  return entries.flatMap(({ name }, index) => {
    const first = entries.findIndex((entry) => entry.name === name);
    if (name === undefined || first === index) return [];
    return [{ path: `${path}.${index}`, text: `env entry #${index} has the name '${name}' of entry #${first}` }];
  });
}
