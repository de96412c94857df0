import type { ServiceAccount } from "../k8s/types.generated.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";

export const serviceAccountKind = defineKind<ServiceAccount>({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  namespaced: true,
  definition: "io.k8s.api.core.v1.ServiceAccount",
  shortNames: ["sa"],
  subresources: { others: ["token"] },
  columns: [nameColumn(), column<ServiceAccount>("Secrets", "string", ({ secrets }) => secrets?.length ?? 0), ageColumn()],
});
