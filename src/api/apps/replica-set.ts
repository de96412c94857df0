import { SCALE } from "../autoscaling/scale.ts";
import type { ReplicaSet } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

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
});
