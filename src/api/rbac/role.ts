import type { Role } from "../k8s/types.generated.ts";
import { createdAtColumn, defineKind, nameColumn } from "../meta/define-kind.ts";
import { strategyOf } from "../meta/strategy.ts";
import { RBAC_GROUP, ruleCauses } from "./rules.ts";

export const roleKind = defineKind<Role>({
  group: RBAC_GROUP,
  version: "v1",
  kind: "Role",
  plural: "roles",
  namespaced: true,
  definition: "io.k8s.api.rbac.v1.Role",
  columns: [nameColumn(), createdAtColumn()],
  strategy: strategyOf<Role>({ causes: ({ rules }) => ruleCauses(rules, true) }),
});
