import type { RoleBinding } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";
import { oldOf, strategyOf } from "../meta/strategy.ts";
import { bindingCauses, bindingColumns, defaultBinding, RBAC_GROUP } from "./rules.ts";

export const roleBindingKind = defineKind<RoleBinding>({
  group: RBAC_GROUP,
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
  namespaced: true,
  definition: "io.k8s.api.rbac.v1.RoleBinding",
  columns: bindingColumns<RoleBinding>(),
  strategy: strategyOf<RoleBinding>({
    default: defaultBinding,
    causes: (object, context) => bindingCauses(object, oldOf(context), ["ClusterRole", "Role"]),
  }),
});
