import { SCALE } from "../autoscaling/scale.ts";
import type { Deployment } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const deploymentKind = defineKind<Deployment>({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
  definition: "io.k8s.api.apps.v1.Deployment",
  shortNames: ["deploy"],
  categories: ["all"],
  subresources: { status: true, scale: SCALE },
  generation: "spec",
});
