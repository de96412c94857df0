import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
} from "../k8s/types.generated.ts";
import { isRecord } from "../../std/json.ts";
import type { FieldCause } from "../meta/kind.ts";
import { invalidCause, invalidCauses, oneOf, requiredCause } from "../meta/validation/causes.ts";
import { dns1035LabelErrors, dnsSubdomainErrors } from "../meta/validation/names.ts";

const MAX_SCHEMA_DEPTH = 64;

/** Validation cannot trust that what must be there is. */
interface NamesGiven {
  readonly names?: Partial<CustomResourceDefinitionNames>;
}

export function crdCauses({ metadata, spec }: CustomResourceDefinition): FieldCause[] {
  if (spec === undefined) return [requiredCause("spec.group"), requiredCause("spec.scope"), requiredCause("spec.names.plural")];
  const expected = `${spec.names?.plural}.${spec.group}`;
  const name = metadata.name ?? "";
  return [
    ...(name === expected ? [] : [invalidCause("metadata.name", name, 'must be spec.names.plural+"."+spec.group')]),
    ...(spec.group ? invalidCauses("spec.group", spec.group, dnsSubdomainErrors(spec.group)) : [requiredCause("spec.group")]),
    ...(spec.scope ? oneOf("spec.scope", spec.scope, ["Cluster", "Namespaced"]) : [requiredCause("spec.scope")]),
    ...storageCauses(spec),
    ...(spec.versions ?? []).flatMap((version, i) => versionCauses(version, `spec.versions[${i}]`)),
    ...nameCauses(spec),
  ];
}

/** Objects cannot move between namespaces and the cluster. */
export function scopeCauses({ spec }: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldCause[] {
  if (old === undefined || old.spec?.scope === spec?.scope) return [];
  return [invalidCause("spec.scope", spec?.scope ?? "", "field is immutable")];
}

function storageCauses({ versions = [] }: Partial<CustomResourceDefinitionSpec>): FieldCause[] {
  const stored = versions.filter((version) => version.storage).length;
  return stored === 1 ? [] : [invalidCause("spec.versions", versions, "must have exactly one version marked as storage version")];
}

function versionCauses(version: CustomResourceDefinitionVersion, path: string): FieldCause[] {
  const schema = version.schema?.openAPIV3Schema;
  const name = invalidCauses(`${path}.name`, version.name, dns1035LabelErrors(version.name ?? ""));
  if (!isRecord(schema)) return [...name, requiredCause(`${path}.schema.openAPIV3Schema`)];
  return [...name, ...structuralCauses(schema, "spec.validation.openAPIV3Schema", { depth: 0, isRoot: true })];
}

interface Place {
  readonly depth: number;
  readonly isRoot: boolean;
}

/** A structural schema says the type of everything: without it nothing can be pruned. */
function structuralCauses(schema: Record<string, unknown>, path: string, { depth, isRoot }: Place): FieldCause[] {
  if (depth > MAX_SCHEMA_DEPTH) return [invalidCause(path, "", "nested too deeply")];
  const isFree = schema["x-kubernetes-int-or-string"] === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const untyped = !schema["type"] && !isFree;
  const why = isRoot ? "must not be empty at the root" : "must not be empty for specified object fields";
  return [...(untyped ? [requiredCause(`${path}.type`, why)] : []), ...childCauses(schema, path, depth + 1)];
}

function childCauses(schema: Record<string, unknown>, path: string, depth: number): FieldCause[] {
  const properties = isRecord(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const { items, additionalProperties: values } = schema;
  const place = { depth, isRoot: false };
  return [
    ...properties.flatMap(([name, child]) => (isRecord(child) ? structuralCauses(child, `${path}.properties[${name}]`, place) : [])),
    ...(isRecord(items) ? structuralCauses(items, `${path}.items`, place) : []),
    ...(isRecord(values) ? structuralCauses(values, `${path}.additionalProperties`, place) : []),
  ];
}

function nameCauses({ names = {} }: NamesGiven): FieldCause[] {
  const { plural = "", singular = "", kind = "", listKind = "" } = names;
  return [
    ...(plural ? invalidCauses("spec.names.plural", plural, dns1035LabelErrors(plural)) : [requiredCause("spec.names.plural")]),
    ...(singular ? invalidCauses("spec.names.singular", singular, dns1035LabelErrors(singular)) : [requiredCause("spec.names.singular")]),
    ...(kind ? invalidCauses("spec.names.kind", kind, kindErrors(kind)) : [requiredCause("spec.names.kind")]),
    ...(listKind === kind && kind !== "" ? [invalidCause("spec.names.listKind", listKind, "kind and listKind may not be the same")] : []),
  ];
}

function kindErrors(kind: string): string[] {
  return dns1035LabelErrors(kind.toLowerCase()).map((text) => `may have mixed case, but should otherwise match: ${text}`);
}
