import type { TokenReview } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const tokenReviewKind = defineKind<TokenReview>({
  group: "authentication.k8s.io",
  version: "v1",
  kind: "TokenReview",
  plural: "tokenreviews",
  namespaced: false,
  definition: "io.k8s.api.authentication.v1.TokenReview",
  verbs: ["create"],
  virtual: true,
  columns: [],
});
