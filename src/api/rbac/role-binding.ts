import type { RoleBinding } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const roleBindingKind = defineKind<RoleBinding>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
  namespaced: true,
  definition: "io.k8s.api.rbac.v1.RoleBinding",
});
