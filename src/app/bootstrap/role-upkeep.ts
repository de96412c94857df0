import type { ClusterRole, PolicyRule } from "../../api/k8s/types.generated.ts";
import { clusterRoleKind } from "../../api/rbac/cluster-role.ts";
import type { Client } from "../../client/types.ts";
import { deepEqual } from "../../std/json.ts";
import { ensure } from "./put.ts";

export const BOOTSTRAP_LABEL = "kubernetes.io/bootstrapping";
export const AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";

/** What the first versions shipped as rules of `view`, `edit` and `admin`: they gave secrets to everybody who may look. */
const TOO_WIDE = { apiGroups: ["", "apps", "discovery.k8s.io", "events.k8s.io", "serving.knative.dev"], resources: ["*"] };

/**
 * Brings a role that we shipped up to date, as a kube-apiserver does at its start: rules that are missing are added, the user's
 * own stay. What an earlier version gave too much is taken back. A role with `autoupdate: "false"`, or one of the user's of the
 * same name, stays as it is.
 */
export async function keepRole(client: Client, shipped: ClusterRole): Promise<void> {
  const existing = await client.get(clusterRoleKind, { namespace: "", name: shipped.metadata?.name ?? "" });
  if (existing === undefined) return ensure(client, clusterRoleKind, shipped as typeof shipped & { metadata: object });
  const wanted = updatedRole(existing, shipped);
  if (wanted !== undefined) await client.update(clusterRoleKind, wanted);
}

/** The role as it should be; undefined when it is, or is not ours to change. */
export function updatedRole<T extends ClusterRole>(existing: T, shipped: ClusterRole): T | undefined {
  const { labels, annotations } = existing.metadata ?? {};
  if (labels?.[BOOTSTRAP_LABEL] === undefined || annotations?.[AUTOUPDATE] === "false") return undefined;
  const wanted = shipped.rules ?? [];
  const own = (existing.rules ?? []).filter((rule) => !isTooWide(rule) && !wanted.some((one) => covers(one, rule)));
  const rules = [...wanted, ...own];
  const isSame = annotations?.[AUTOUPDATE] === "true" && deepEqual(rules, existing.rules);
  return isSame
    ? undefined
    : { ...existing, metadata: { ...existing.metadata, annotations: { ...annotations, [AUTOUPDATE]: "true" } }, rules };
}

function isTooWide({ apiGroups, resources, resourceNames }: PolicyRule): boolean {
  return resourceNames === undefined && deepEqual({ apiGroups, resources }, TOO_WIDE);
}

/** Whether a rule allows everything that another does. */
function covers(rule: PolicyRule, other: PolicyRule): boolean {
  if (rule.resourceNames !== undefined) return deepEqual(rule, other);
  const lists = ["apiGroups", "resources", "verbs", "nonResourceURLs"] as const;
  return lists.every((list) => (other[list] ?? []).every((value) => rule[list]?.some((one) => one === value || one === "*") ?? false));
}
