import type { LocalSubjectAccessReview } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const localSubjectAccessReviewKind = defineKind<LocalSubjectAccessReview>({
  group: "authorization.k8s.io",
  version: "v1",
  kind: "LocalSubjectAccessReview",
  plural: "localsubjectaccessreviews",
  namespaced: true,
  definition: "io.k8s.api.authorization.v1.LocalSubjectAccessReview",
  verbs: ["create"],
  virtual: true,
  columns: [],
});
