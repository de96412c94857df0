import type { ReplicaSet } from "../k8s/types.generated.ts";
import { SCALE } from "../autoscaling/scale.ts";
import { ageColumn, column, defineKind, nameColumn } from "../meta/define-kind.ts";
import type { AdmissionContext, FieldCause } from "../meta/kind.ts";
import { dropStatus, oldOf, strategyOf } from "../meta/strategy.ts";
import { emptyWorkloadSpec } from "./deployment.ts";
import { defaultTemplate, emptyTemplate, nonNegativeCauses, selectorChangeCauses, templateCauses } from "./template.ts";
import { workloadColumns } from "./workload-columns.ts";

export const replicaSetKind = defineKind<ReplicaSet>({
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  namespaced: true,
  definition: "io.k8s.api.apps.v1.ReplicaSet",
  shortNames: ["rs"],
  categories: ["all"],
  subresources: { status: true, scale: SCALE },
  generation: "spec",
  columns: [
    nameColumn(),
    column<ReplicaSet>("Desired", "integer", ({ spec }) => spec?.replicas ?? 0),
    column<ReplicaSet>("Current", "integer", ({ status }) => status?.replicas ?? 0),
    column<ReplicaSet>("Ready", "integer", ({ status }) => status?.readyReplicas ?? 0),
    ageColumn(),
    ...workloadColumns<ReplicaSet>(({ spec }) => spec),
  ],
  strategy: strategyOf<ReplicaSet>({ prepare: dropStatus, default: defaultReplicaSet, causes: replicaSetCauses }),
});

function defaultReplicaSet(draft: ReplicaSet): void {
  const spec = (draft.spec ??= emptyWorkloadSpec());
  spec.replicas ??= 1;
  defaultTemplate((spec.template ??= emptyTemplate()));
  draft.status ??= { replicas: 0 };
}

function replicaSetCauses(object: ReplicaSet, context: AdmissionContext): FieldCause[] {
  const spec = object.spec ?? emptyWorkloadSpec();
  const old = oldOf<ReplicaSet>(context)?.spec;
  return [
    ...nonNegativeCauses(spec.replicas, "spec.replicas"),
    ...nonNegativeCauses(spec.minReadySeconds, "spec.minReadySeconds"),
    ...templateCauses({ selector: spec.selector, template: spec.template }, "replicaset", "spec"),
    ...(old === undefined ? [] : selectorChangeCauses(spec.selector, old.selector, "spec.selector")),
  ];
}
