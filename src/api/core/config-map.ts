import type { ConfigMap } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const configMapKind = defineKind<ConfigMap>({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  definition: "io.k8s.api.core.v1.ConfigMap",
  shortNames: ["cm"],
});
