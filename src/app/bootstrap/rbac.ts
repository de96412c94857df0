import type { ClusterRole, ClusterRoleBinding, PolicyRule } from "../../api/k8s/types.generated.ts";
import { OBSERVE_GROUP } from "../../api/observe/group.ts";
import { BOOTSTRAP_RULES } from "../../control/apiserver/auth/rbac.ts";
import { AUTOUPDATE, BOOTSTRAP_LABEL } from "./role-upkeep.ts";

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];

/** What people of a namespace work with. */
const CORE = ["configmaps", "endpoints", "persistentvolumeclaims", "pods", "serviceaccounts", "services"];
/** What they only look at. */
const CORE_READ_ONLY = ["bindings", "events", "namespaces", "namespaces/status", "pods/log", "pods/status", "services/status"];
/** What lets them act as a workload: no business of somebody who only looks. */
const CORE_SECRET = ["secrets", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"];
const KNATIVE = ["serving.knative.dev", "eventing.knative.dev", "messaging.knative.dev", "sources.knative.dev"];
const GROUPS = ["apps", ...KNATIVE, OBSERVE_GROUP];

const VIEW: readonly PolicyRule[] = [
  { apiGroups: [""], resources: [...CORE, ...CORE_READ_ONLY], verbs: READ },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: READ },
  { apiGroups: GROUPS, resources: ["*"], verbs: READ },
];

const EDIT: readonly PolicyRule[] = [
  ...VIEW,
  { apiGroups: [""], resources: CORE_SECRET, verbs: READ },
  { apiGroups: [""], resources: [...CORE, ...CORE_SECRET, "pods/eviction", "serviceaccounts/token"], verbs: WRITE },
  { apiGroups: GROUPS, resources: ["*"], verbs: WRITE },
];

const ADMIN: readonly PolicyRule[] = [
  ...EDIT,
  { apiGroups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"], verbs: ["create"] },
  { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs: [...READ, ...WRITE] },
];

/** Who has the roles that hold for everybody. */
const SUBJECTS: Readonly<Record<keyof typeof BOOTSTRAP_RULES, readonly string[]>> = {
  "cluster-admin": ["system:masters"],
  "system:basic-user": ["system:authenticated"],
  "system:discovery": ["system:authenticated"],
  "system:monitoring": ["system:monitoring"],
  "system:public-info-viewer": ["system:authenticated", "system:unauthenticated"],
};

const OURS = { labels: { [BOOTSTRAP_LABEL]: "rbac-defaults" }, annotations: { [AUTOUPDATE]: "true" } };

/** The roles that every cluster has, as far as they speak of kinds that we serve. */
export function clusterRoles(): ClusterRole[] {
  const roles = { ...BOOTSTRAP_RULES, admin: ADMIN, edit: EDIT, view: VIEW };
  return Object.entries(roles).map(([name, rules]) => ({ metadata: { name, ...OURS }, rules: [...rules] }));
}

export function clusterRoleBindings(): ClusterRoleBinding[] {
  return Object.entries(SUBJECTS).map(([name, groups]) => ({
    metadata: { name, ...OURS },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: groups.map((group) => ({ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: group })),
  }));
}
