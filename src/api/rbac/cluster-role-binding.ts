import type { ClusterRoleBinding } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";
import { oldOf, strategyOf } from "../meta/strategy.ts";
import { bindingCauses, bindingColumns, defaultBinding, RBAC_GROUP } from "./rules.ts";

export const clusterRoleBindingKind = defineKind<ClusterRoleBinding>({
  group: RBAC_GROUP,
  version: "v1",
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  namespaced: false,
  definition: "io.k8s.api.rbac.v1.ClusterRoleBinding",
  columns: bindingColumns<ClusterRoleBinding>(),
  strategy: strategyOf<ClusterRoleBinding>({
    default: defaultBinding,
    causes: (object, context) => bindingCauses(object, oldOf(context), ["ClusterRole"]),
  }),
});
