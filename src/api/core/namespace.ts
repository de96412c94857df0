import type { Namespace } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const namespaceKind = defineKind<Namespace>({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
  definition: "io.k8s.api.core.v1.Namespace",
  shortNames: ["ns"],
  subresources: { status: true, others: ["finalize"] },
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
});
