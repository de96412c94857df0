import type { Endpoints } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const endpointsKind = defineKind<Endpoints>({
  group: "",
  version: "v1",
  kind: "Endpoints",
  plural: "endpoints",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Endpoints",
  shortNames: ["ep"],
});
