import type { SelfSubjectRulesReview } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const selfSubjectRulesReviewKind = defineKind<SelfSubjectRulesReview>({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectRulesReview",
  plural: "selfsubjectrulesreviews",
  namespaced: false,
  definition: "io.k8s.api.authorization.v1.SelfSubjectRulesReview",
  verbs: ["create"],
  virtual: true,
  columns: [],
});
