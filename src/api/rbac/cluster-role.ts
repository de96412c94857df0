import type { ClusterRole } from "../k8s/types.generated.ts";
import { createdAtColumn, defineKind, nameColumn } from "../meta/define-kind.ts";
import { strategyOf } from "../meta/strategy.ts";
import { RBAC_GROUP, ruleCauses } from "./rules.ts";

export const clusterRoleKind = defineKind<ClusterRole>({
  group: RBAC_GROUP,
  version: "v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  namespaced: false,
  definition: "io.k8s.api.rbac.v1.ClusterRole",
  columns: [nameColumn(), createdAtColumn()],
  strategy: strategyOf<ClusterRole>({ causes: ({ rules }) => ruleCauses(rules, false) }),
});
