import type { Lease } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const leaseKind = defineKind<Lease>({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
  definition: "io.k8s.api.coordination.v1.Lease",
});
