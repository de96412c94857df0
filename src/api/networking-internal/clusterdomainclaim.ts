import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { ageColumn } from "../meta/define-kind.ts";
import { definitionOf, objectMetaSchema } from "../duck/object.ts";
import { optional } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";

const schema = Type.Object({
  apiVersion: optional(Type.String()),
  kind: optional(Type.String()),
  metadata: objectMetaSchema,
  spec: Type.Object({ namespace: Type.String() }),
});
/** `networking.internal.knative.dev/v1alpha1 ClusterDomainClaim`: its name is the domain. */
export type ClusterDomainClaim = Static<typeof schema>;

const ref: KindRef<ClusterDomainClaim> = {
  group: "networking.internal.knative.dev",
  version: "v1alpha1",
  kind: "ClusterDomainClaim",
  plural: "clusterdomainclaims",
  namespaced: false,
};

export const clusterDomainClaimKind: Kind<ClusterDomainClaim> = {
  ...ref,
  ...definitionOf(ref, "A ClusterDomainClaim says which namespace may map a domain. Its name is the domain.", schema),
  singular: "clusterdomainclaim",
  shortNames: ["cdc"],
  categories: ["knative-internal", "networking"],
  subresources: { status: true },
  generation: "spec",
  columns: [ageColumn()],
  strategy: {},
  crd: { labels: SERVING_CRD_LABELS, webhook: SERVING_WEBHOOK },
};
