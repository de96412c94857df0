import type { Lease } from "../k8s/types.generated.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";
import type { FieldCause } from "../meta/kind.ts";
import { strategyOf } from "../meta/strategy.ts";
import { invalidCause } from "../meta/validation/causes.ts";

export const leaseKind = defineKind<Lease>({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
  definition: "io.k8s.api.coordination.v1.Lease",
  columns: [nameColumn(), column<Lease>("Holder", "string", ({ spec }) => spec?.holderIdentity ?? ""), ageColumn()],
  strategy: strategyOf<Lease>({
    default(draft) {
      draft.spec ??= {};
    },
    causes,
  }),
});

function causes({ spec }: Lease): FieldCause[] {
  const { leaseDurationSeconds: duration, leaseTransitions: transitions } = spec ?? {};
  return [
    ...(duration !== undefined && duration <= 0 ? [invalidCause("spec.leaseDurationSeconds", duration, "must be greater than 0")] : []),
    ...(transitions !== undefined && transitions < 0
      ? [invalidCause("spec.leaseTransitions", transitions, "must be greater than or equal to 0")]
      : []),
  ];
}
