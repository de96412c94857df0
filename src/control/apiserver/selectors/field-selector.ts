import { badRequest } from "../../../api/meta/errors.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";

export interface FieldRequirement {
  readonly field: string;
  readonly negated: boolean;
  readonly value: string;
}

export type FieldSelector = readonly FieldRequirement[];

/**
 * Parses `fieldSelector`: `a=b,c!=d`, with `\` before a comma, an equals sign or a backslash of a value.
 * @throws ApiError 400 with Kubernetes' text, also for a field that the kind does not select by.
 */
export function parseFieldSelector(text: string, kind: Kind): FieldSelector {
  const terms = splitTerms(text).filter((term) => term !== "");
  const requirements = terms.map((term) => parseTerm(text, term));
  const known = knownFields(kind);
  for (const { field } of requirements) if (!known.has(field)) throw badRequest(unknownField(kind, field));
  return requirements;
}

export function matchesFields(selector: FieldSelector, kind: Kind, object: KubeObject): boolean {
  if (selector.length === 0) return true;
  let more: Readonly<Record<string, string>> | undefined;
  return selector.every(({ field, negated, value }) => {
    const actual = metadataField(field, object) ?? (more ??= kind.strategy.selectableFields?.(object) ?? {})[field] ?? "";
    return (actual === value) !== negated;
  });
}

/** The name that a selector asks for, when it asks for exactly one. */
export function selectedName(selector: FieldSelector): string | undefined {
  return selector.find(({ field, negated }) => field === "metadata.name" && !negated)?.value;
}

function metadataField(field: string, object: KubeObject): string | undefined {
  if (field === "metadata.name") return object.metadata.name ?? "";
  if (field === "metadata.namespace") return object.metadata.namespace ?? "";
  return undefined;
}

function knownFields(kind: Kind): Set<string> {
  const blank = { metadata: {}, spec: {}, status: {} } as KubeObject;
  return new Set(["metadata.name", "metadata.namespace", ...Object.keys(kind.strategy.selectableFields?.(blank) ?? {})]);
}

function unknownField(kind: Kind, field: string): string {
  if (kind.crd !== undefined || kind.strategy.selectableFields !== undefined) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function splitTerms(text: string): string[] {
  return text.match(/(?:\\.|[^,\\])+|(?<=,|^)(?=,|$)/gs) ?? [];
}

function parseTerm(selector: string, term: string): FieldRequirement {
  const match = /^((?:\\.|[^=!\\])+)(!=|==|=)((?:\\.|[^=\\])*)$/s.exec(term);
  if (match === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
  return { field: (match[1] ?? "").trim(), negated: match[2] === "!=", value: unescapeValue(match[3] ?? "") };
}

function unescapeValue(text: string): string {
  return text.replaceAll(/\\([,=\\])/g, "$1");
}
