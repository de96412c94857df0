import type { ClusterRole, ClusterRoleBinding, PolicyRule } from "../../api/k8s/types.generated.ts";

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];
const USER_GROUPS = ["", "apps", "discovery.k8s.io", "events.k8s.io", "serving.knative.dev"];

const everything: PolicyRule[] = [
  { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
  { nonResourceURLs: ["*"], verbs: ["*"] },
];

const discovery: PolicyRule[] = [
  {
    nonResourceURLs: [
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
    ],
    verbs: ["get"],
  },
];

const reviews: PolicyRule[] = [
  { apiGroups: ["authorization.k8s.io"], resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], verbs: ["create"] },
  { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
];

function role(name: string, rules: PolicyRule[]): ClusterRole {
  return { metadata: { name, labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } }, rules };
}

function binding(name: string, groups: readonly string[]): ClusterRoleBinding {
  return {
    metadata: { name, labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: groups.map((group) => ({ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: group })),
  };
}

/** The roles that every cluster has, as far as they speak of kinds that we serve. */
export function clusterRoles(): ClusterRole[] {
  const view: PolicyRule[] = [{ apiGroups: USER_GROUPS, resources: ["*"], verbs: READ }];
  const edit: PolicyRule[] = [{ apiGroups: USER_GROUPS, resources: ["*"], verbs: [...READ, ...WRITE] }];
  const rbac: PolicyRule = { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs: [...READ, ...WRITE] };
  return [
    role("cluster-admin", everything),
    role("admin", [...edit, rbac]),
    role("edit", edit),
    role("view", view),
    role("system:discovery", discovery),
    role("system:basic-user", reviews),
  ];
}

export function clusterRoleBindings(): ClusterRoleBinding[] {
  return [
    binding("cluster-admin", ["system:masters"]),
    binding("system:discovery", ["system:authenticated"]),
    binding("system:basic-user", ["system:authenticated"]),
  ];
}
