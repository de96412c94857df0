import type { Role } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const roleKind = defineKind<Role>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
  namespaced: true,
  definition: "io.k8s.api.rbac.v1.Role",
});
