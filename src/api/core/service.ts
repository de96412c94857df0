import type { Service } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const serviceKind = defineKind<Service>({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Service",
  shortNames: ["svc"],
  categories: ["all"],
  subresources: { status: true, others: ["proxy"] },
});
