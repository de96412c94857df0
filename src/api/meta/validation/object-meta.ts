import type { ObjectMeta, OwnerReference } from "../../k8s/types.generated.ts";
import type { FieldCause, Kind } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { annotationCauses, labelCauses } from "./labels.ts";
import { forbiddenCause, invalidCause, invalidCauses, requiredCause } from "./causes.ts";
import { label1035Name, labelName, pathSegmentName, qualifiedNameErrors, subdomainName, type NameRule } from "./names.ts";

type Scope = Pick<Kind, "group" | "kind" | "namespaced">;

/** What is wrong with an object's metadata. The name has been generated and the system's fields are set by now. */
export function metaCauses(kind: Scope, object: KubeObject, old: KubeObject | undefined): FieldCause[] {
  const { metadata } = object;
  return [
    ...(old === undefined
      ? [...nameCauses(metadata, nameRuleOf(kind)), ...namespaceCauses(metadata, kind)]
      : changeCauses(metadata, old.metadata)),
    ...labelCauses(metadata.labels, "metadata.labels"),
    ...annotationCauses(metadata.annotations, "metadata.annotations"),
    ...ownerCauses(metadata.ownerReferences ?? [], "metadata.ownerReferences"),
    ...(metadata.finalizers ?? []).flatMap((name) => invalidCauses("metadata.finalizers", name, qualifiedNameErrors(name))),
  ];
}

/** Most names are subdomains; namespaces and services stand in DNS labels, and RBAC's only have to fit into a path. */
export function nameRuleOf({ group, kind }: Scope): NameRule {
  if (group === "rbac.authorization.k8s.io") return pathSegmentName;
  if (group === "" && kind === "Namespace") return labelName;
  if (group === "" && kind === "Service") return label1035Name;
  return subdomainName;
}

function nameCauses(metadata: ObjectMeta, rule: NameRule): FieldCause[] {
  const { name, generateName } = metadata;
  const prefix = generateName ? invalidCauses("metadata.generateName", generateName, rule(generateName, true)) : [];
  if (!name) return [...prefix, requiredCause("metadata.name", "name or generateName is required")];
  return [...prefix, ...invalidCauses("metadata.name", name, rule(name, false))];
}

function namespaceCauses(metadata: ObjectMeta, rules: Scope): FieldCause[] {
  const { namespace } = metadata;
  if (!rules.namespaced) return namespace ? [forbiddenCause("metadata.namespace", "not allowed on this type")] : [];
  if (!namespace) return [requiredCause("metadata.namespace")];
  return invalidCauses("metadata.namespace", namespace, labelName(namespace, false));
}

const IMMUTABLE = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] as const;

function changeCauses(metadata: ObjectMeta, old: ObjectMeta): FieldCause[] {
  const changed = IMMUTABLE.filter((field) => (metadata[field] ?? undefined) !== (old[field] ?? undefined));
  return [
    ...newFinalizerCauses(metadata, old),
    ...changed.map((field) => invalidCause(`metadata.${field}`, metadata[field] ?? "", "field is immutable")),
  ];
}

function newFinalizerCauses(metadata: ObjectMeta, old: ObjectMeta): FieldCause[] {
  if (!old.deletionTimestamp) return [];
  const before = new Set(old.finalizers);
  const added = (metadata.finalizers ?? []).filter((name) => !before.has(name)).toSorted();
  if (added.length === 0) return [];
  const list = added.map((name) => JSON.stringify(name)).join(", ");
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return [forbiddenCause("metadata.finalizers", why)];
}

function ownerCauses(owners: readonly OwnerReference[], path: string): FieldCause[] {
  const causes = owners.flatMap((owner) => oneOwnerCauses(owner, path));
  const [first, second] = owners.filter((owner) => owner.controller === true);
  if (first === undefined || second === undefined) return causes;
  const found = `Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  return [...causes, invalidCause(path, owners, `Only one reference can have Controller set to true. ${found}`)];
}

function oneOwnerCauses(owner: OwnerReference, path: string): FieldCause[] {
  const causes: FieldCause[] = [];
  if (!owner.apiVersion) causes.push(invalidCause(`${path}.apiVersion`, "", "version must not be empty"));
  if (!owner.kind) causes.push(invalidCause(`${path}.kind`, "", "must not be empty"));
  if (!owner.name) causes.push(invalidCause(`${path}.name`, "", "must not be empty"));
  if (!owner.uid) causes.push(invalidCause(`${path}.uid`, "", "must not be empty"));
  return causes;
}
