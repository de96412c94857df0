import assert from "node:assert/strict";
import { test } from "node:test";
import { Rbac, type ResourceAttributes } from "../../control/apiserver/auth/rbac.ts";
import { anonymous, authenticated } from "../../control/apiserver/auth/user.ts";
import { clusterRoleBindings, clusterRoles } from "./rbac.ts";

/** Alice has the role in the namespace `hers`. */
function alice(role: string): (verb: string, resource: string, more?: Partial<ResourceAttributes>) => boolean {
  const lists = {
    clusterroles: clusterRoles(),
    clusterrolebindings: clusterRoleBindings(),
    roles: [],
    rolebindings: [
      {
        metadata: { name: "alice", namespace: "hers" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
        subjects: [{ kind: "User", name: "alice" }],
      },
    ],
  };
  const rbac = new Rbac((plural) => lists[plural]);
  const user = authenticated({ name: "alice", groups: [] });
  return (verb, resource, more = {}) => {
    const [name = "", subresource = ""] = resource.split("/");
    return rbac.allows(user, { verb, group: "", resource: name, subresource, namespace: "hers", name: "", ...more });
  };
}

test("who may view sees services and pods, and no secret", () => {
  const may = alice("view");
  assert.ok(may("list", "pods") && may("get", "pods/log") && may("watch", "events"));
  assert.ok(may("list", "services", { group: "serving.knative.dev" }) && may("get", "deployments/scale", { group: "apps" }));
  for (const resource of ["secrets", "pods/exec", "serviceaccounts/token"]) assert.equal(may("get", resource), false, resource);
  assert.equal(may("create", "configmaps"), false);
  assert.equal(may("list", "pods", { namespace: "" }), false, "of all namespaces");
});

test("who may edit writes workloads and secrets, not the namespace and not who may what", () => {
  const may = alice("edit");
  assert.ok(may("create", "secrets") && may("create", "pods/exec") && may("patch", "services", { group: "serving.knative.dev" }));
  assert.equal(may("delete", "namespaces", { name: "hers" }), false);
  assert.equal(may("create", "rolebindings", { group: "rbac.authorization.k8s.io" }), false);
  assert.ok(alice("admin")("create", "rolebindings", { group: "rbac.authorization.k8s.io" }));
});

test("the bindings that every cluster has say what holds here", () => {
  const rbac = new Rbac((plural) =>
    plural === "clusterroles" ? clusterRoles() : plural === "clusterrolebindings" ? clusterRoleBindings() : [],
  );
  const without = new Rbac(() => []);
  const somebody = authenticated({ name: "somebody", groups: [] });
  for (const each of [rbac, without]) {
    assert.equal(each.allows(somebody, { verb: "get", path: "/openapi/v3" }), true);
    assert.equal(each.allows(anonymous, { verb: "get", path: "/version" }), true);
    assert.equal(each.allows(anonymous, { verb: "get", path: "/apis" }), false);
  }
});
