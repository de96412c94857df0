import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from "../../../api/k8s/types.generated.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { AUTHENTICATED, isMaster, UNAUTHENTICATED, type User } from "./user.ts";

/** What somebody wants to do. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** What is no resource of the API, e.g. `/healthz`. */
export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

/** Reads all objects of a kind, of one namespace or of all. */
export type Lister = (
  plural: "roles" | "clusterroles" | "rolebindings" | "clusterrolebindings",
  namespace: string,
) => readonly KubeObject[];

export const RBAC_GROUP = "rbac.authorization.k8s.io";
export const rbacKind = (plural: string): Pick<KindRef, "group" | "plural"> => ({ group: RBAC_GROUP, plural });

const DISCOVERY = [
  "/api",
  "/api/*",
  "/apis",
  "/apis/*",
  "/healthz",
  "/livez",
  "/openapi",
  "/openapi/*",
  "/readyz",
  "/version",
  "/version/",
];
const PUBLIC = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
const MONITORING = ["/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/metrics/slis", "/readyz", "/readyz/*"];

/** Rules of the roles that every cluster has. These hold here without bindings, so nobody is locked out of the discovery. */
export const BOOTSTRAP_RULES = {
  "cluster-admin": [
    { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
    { verbs: ["*"], nonResourceURLs: ["*"] },
  ],
  "system:basic-user": [
    { verbs: ["create"], apiGroups: ["authorization.k8s.io"], resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"] },
    { verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"] },
  ],
  "system:discovery": [{ verbs: ["get"], nonResourceURLs: DISCOVERY }],
  "system:monitoring": [{ verbs: ["get"], nonResourceURLs: MONITORING }],
  "system:public-info-viewer": [{ verbs: ["get"], nonResourceURLs: PUBLIC }],
} as const satisfies Readonly<Record<string, readonly PolicyRule[]>>;

const FOR_MASTERS: readonly PolicyRule[] = BOOTSTRAP_RULES["cluster-admin"];
const FOR_AUTHENTICATED: readonly PolicyRule[] = [...BOOTSTRAP_RULES["system:basic-user"], ...BOOTSTRAP_RULES["system:discovery"]];
const FOR_EVERYBODY: readonly PolicyRule[] = BOOTSTRAP_RULES["system:public-info-viewer"];

/** Role-based access control over the objects in the cache. `system:masters` may do everything. */
export class Rbac {
  readonly #list: Lister;

  constructor(list: Lister) {
    this.#list = list;
  }

  allows(user: User, attributes: Attributes): boolean {
    if (isMaster(user)) return true;
    const namespace = "resource" in attributes ? attributes.namespace : "";
    for (const rule of this.#rules(user, namespace)) if (ruleAllows(rule, attributes)) return true;
    return false;
  }

  /** Every rule that applies to the user in a namespace. */
  rulesFor(user: User, namespace: string): PolicyRule[] {
    const master = isMaster(user) ? FOR_MASTERS : [];
    return [...this.#rules(user, namespace), ...master];
  }

  *#rules(user: User, namespace: string): Generator<PolicyRule> {
    if (user.groups.includes(AUTHENTICATED)) yield* FOR_AUTHENTICATED;
    if (user.groups.includes(AUTHENTICATED) || user.groups.includes(UNAUTHENTICATED)) yield* FOR_EVERYBODY;
    for (const binding of this.#list("clusterrolebindings", "") as ClusterRoleBinding[]) {
      if (bindsTo(binding.subjects, user, "")) yield* this.#clusterRole(binding.roleRef.name);
    }
    if (namespace === "") return;
    for (const binding of this.#list("rolebindings", namespace) as RoleBinding[]) {
      if (bindsTo(binding.subjects, user, namespace)) yield* this.#role(binding, namespace);
    }
  }

  #clusterRole(name: string): readonly PolicyRule[] {
    const roles = this.#list("clusterroles", "") as ClusterRole[];
    const role = roles.find((each) => each.metadata?.name === name);
    return role === undefined ? [] : [...(role.rules ?? []), ...aggregated(role, roles)];
  }

  #role(binding: RoleBinding, namespace: string): readonly PolicyRule[] {
    if (binding.roleRef.kind === "ClusterRole") return this.#clusterRole(binding.roleRef.name);
    const role = (this.#list("roles", namespace) as Role[]).find((each) => each.metadata?.name === binding.roleRef.name);
    return role?.rules ?? [];
  }
}

/** Rules of the roles that an aggregated ClusterRole selects by labels. */
function aggregated(role: ClusterRole, roles: readonly ClusterRole[]): PolicyRule[] {
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  if (selectors.length === 0) return [];
  const selected = roles.filter((other) =>
    selectors.some((selector) =>
      Object.entries(selector.matchLabels ?? {}).every(([key, value]) => other.metadata?.labels?.[key] === value),
    ),
  );
  return selected.filter((other) => other !== role).flatMap((other) => other.rules ?? []);
}

function bindsTo(subjects: readonly Subject[] | undefined, user: User, bindingNamespace: string): boolean {
  return (subjects ?? []).some((subject) => {
    if (subject.kind === "User") return subject.name === user.name;
    if (subject.kind === "Group") return user.groups.includes(subject.name);
    return user.name === `system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`;
  });
}

export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (!("resource" in attributes)) return (rule.nonResourceURLs ?? []).some((pattern) => pathMatches(pattern, attributes.path));
  const { group, resource, subresource, name } = attributes;
  return (
    has(rule.apiGroups, group) && resourceMatches(rule.resources ?? [], resource, subresource) && nameMatches(rule.resourceNames, name)
  );
}

function has(values: readonly string[] | undefined, wanted: string): boolean {
  return values?.some((value) => value === "*" || value === wanted) ?? false;
}

function resourceMatches(resources: readonly string[], resource: string, subresource: string): boolean {
  const full = subresource === "" ? resource : `${resource}/${subresource}`;
  return resources.some((each) => each === "*" || each === full || (subresource !== "" && each === `*/${subresource}`));
}

function nameMatches(names: readonly string[] | undefined, name: string): boolean {
  return names === undefined || names.length === 0 || names.includes(name);
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern === "*" || pattern === path || (pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1)));
}
