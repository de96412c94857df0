import { ConfigError, type ConfigData } from "../parse.ts";

export const KREFERENCE_MAPPING_CONFIG = "config-kreference-mapping";

/** `config-kreference-mapping`: `Kind.version.group` to a template of the URL that its objects have. */
export type KReferenceMapping = Readonly<Record<string, string>>;

const PLACEHOLDER = /\{\{\s*\.(\w+)\s*\}\}/g;
const KNOWN = ["Name", "Namespace", "UID", "SystemNamespace"];

/** Throws ConfigError. */
export function parseKReferenceMapping(data: ConfigData = {}): KReferenceMapping {
  const entries = Object.entries(data).filter(([key]) => key !== "_example");
  for (const [key, template] of entries) {
    const unknown = [...template.matchAll(PLACEHOLDER)].find(([, name = ""]) => !KNOWN.includes(name));
    if (unknown !== undefined) throw new ConfigError(`${key}: the template knows ${KNOWN.join(", ")}, not ${unknown[1] ?? ""}`);
  }
  return Object.fromEntries(entries);
}

/** The URL of one object by the template of its kind. */
export function mappedUrl(template: string, object: { readonly name: string; readonly namespace: string; readonly uid: string }): string {
  const values: Readonly<Record<string, string>> = {
    Name: object.name,
    Namespace: object.namespace,
    UID: object.uid,
    SystemNamespace: "knative-eventing",
  };
  return template.replace(PLACEHOLDER, (_text, name: string) => values[name] ?? "");
}
