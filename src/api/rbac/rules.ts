import type { PolicyRule, RoleRef, Subject } from "../k8s/types.generated.ts";
import { deepEqual } from "../../std/json.ts";
import { ageColumn, column, nameColumn, wideColumn } from "../meta/define-kind.ts";
import type { Column, FieldCause } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { invalidCause, notSupportedCause, requiredCause } from "../meta/validation/causes.ts";

export const RBAC_GROUP = "rbac.authorization.k8s.io";

export interface Binding extends KubeObject {
  subjects?: Subject[] | undefined;
  roleRef: RoleRef;
}

export function ruleCauses(rules: readonly PolicyRule[] | undefined, namespaced: boolean): FieldCause[] {
  return (rules ?? []).flatMap((rule, i) => oneRuleCauses(rule, namespaced, `rules[${i}]`));
}

function oneRuleCauses(rule: Partial<PolicyRule>, namespaced: boolean, path: string): FieldCause[] {
  const { verbs = [], apiGroups = [], resources = [], nonResourceURLs = [] } = rule;
  const verb = verbs.length === 0 ? [requiredCause(`${path}.verbs`, "verbs must contain at least one value")] : [];
  if (nonResourceURLs.length > 0) return [...verb, ...urlCauses(rule, namespaced, path)];
  return [
    ...verb,
    ...(apiGroups.length === 0 ? [requiredCause(`${path}.apiGroups`, "resource rules must supply at least one api group")] : []),
    ...(resources.length === 0 ? [requiredCause(`${path}.resources`, "resource rules must supply at least one resource")] : []),
  ];
}

function urlCauses(
  { apiGroups = [], resources = [], nonResourceURLs }: Partial<PolicyRule>,
  namespaced: boolean,
  path: string,
): FieldCause[] {
  const field = `${path}.nonResourceURLs`;
  const mixed = apiGroups.length > 0 || resources.length > 0;
  return [
    ...(namespaced ? [invalidCause(field, nonResourceURLs, "namespaced rules cannot apply to non-resource URLs")] : []),
    ...(mixed ? [invalidCause(field, nonResourceURLs, "rules cannot apply to both regular resources and non-resource URLs")] : []),
  ];
}

export function defaultBinding(draft: Binding): void {
  if (draft.roleRef) draft.roleRef.apiGroup ||= RBAC_GROUP;
  for (const subject of draft.subjects ?? []) if (subject.kind === "User" || subject.kind === "Group") subject.apiGroup ||= RBAC_GROUP;
}

export function bindingCauses(binding: Binding, old: Binding | undefined, roleKinds: readonly string[]): FieldCause[] {
  const { roleRef, subjects } = binding;
  return [
    ...roleCauses(roleRef, roleKinds),
    ...(subjects ?? []).flatMap((subject, i) => subjectCauses(subject, `subjects[${i}]`)),
    ...(old !== undefined && !deepEqual(roleRef, old.roleRef) ? [invalidCause("roleRef", roleRef, "cannot change roleRef")] : []),
  ];
}

function roleCauses(role: RoleRef | undefined, kinds: readonly string[]): FieldCause[] {
  const { apiGroup = RBAC_GROUP, kind = "", name } = role ?? {};
  return [
    ...(apiGroup === RBAC_GROUP ? [] : [notSupportedCause("roleRef.apiGroup", apiGroup, [RBAC_GROUP])]),
    ...(kinds.includes(kind) ? [] : [notSupportedCause("roleRef.kind", kind, kinds)]),
    ...(name ? [] : [requiredCause("roleRef.name")]),
  ];
}

function subjectCauses({ kind, name, namespace }: Subject, path: string): FieldCause[] {
  const nameless = name ? [] : [requiredCause(`${path}.name`)];
  if (kind === "User" || kind === "Group") return nameless;
  if (kind !== "ServiceAccount") return [...nameless, notSupportedCause(`${path}.kind`, kind ?? "", ["ServiceAccount", "User", "Group"])];
  return namespace ? nameless : [...nameless, requiredCause(`${path}.namespace`)];
}

export function bindingColumns<T extends Binding>(): Column<T>[] {
  return [
    nameColumn(),
    column("Role", "string", ({ roleRef }) => `${roleRef?.kind}/${roleRef?.name}`),
    ageColumn(),
    wideColumn("Users", (binding) => subjectNames(binding, "User")),
    wideColumn("Groups", (binding) => subjectNames(binding, "Group")),
    wideColumn("ServiceAccounts", (binding) => subjectNames(binding, "ServiceAccount")),
  ];
}

function subjectNames({ subjects }: Binding, kind: string): string {
  const names = (subjects ?? []).filter((subject) => subject.kind === kind);
  return names.map(({ name, namespace }) => (kind === "ServiceAccount" ? `${namespace}/${name}` : name)).join(", ");
}
