import type { Pod } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const podKind = defineKind<Pod>({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Pod",
  shortNames: ["po"],
  categories: ["all"],
  subresources: { status: true, others: ["attach", "binding", "eviction", "exec", "log", "portforward"] },
  generation: "spec",
});
