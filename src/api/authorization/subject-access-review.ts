import type { SubjectAccessReview } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const subjectAccessReviewKind = defineKind<SubjectAccessReview>({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SubjectAccessReview",
  plural: "subjectaccessreviews",
  namespaced: false,
  definition: "io.k8s.api.authorization.v1.SubjectAccessReview",
  verbs: ["create"],
  virtual: true,
  columns: [],
});
