import type { SelfSubjectAccessReview } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const selfSubjectAccessReviewKind = defineKind<SelfSubjectAccessReview>({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectAccessReview",
  plural: "selfsubjectaccessreviews",
  namespaced: false,
  definition: "io.k8s.api.authorization.v1.SelfSubjectAccessReview",
  verbs: ["create"],
  virtual: true,
  columns: [],
});
