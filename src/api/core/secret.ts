import type { Secret } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const secretKind = defineKind<Secret>({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Secret",
});
