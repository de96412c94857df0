import type { SelfSubjectReview } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const selfSubjectReviewKind = defineKind<SelfSubjectReview>({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "SelfSubjectReview",
  plural: "selfsubjectreviews",
  namespaced: false,
  definition: "io.k8s.api.authentication.v1.SelfSubjectReview",
  verbs: ["create"],
  virtual: true,
  columns: [],
});
