import type { ClusterRole } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const clusterRoleKind = defineKind<ClusterRole>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  namespaced: false,
  definition: "io.k8s.api.rbac.v1.ClusterRole",
});
