import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { int32, optional } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";
import { CONFIGURATION_GENERATION_LABEL, CONFIGURATION_LABEL } from "../names/labels.ts";
import { revisionSpecSchema } from "./revision-spec.ts";
import { revisionStrategy } from "./revision-strategy.ts";

const containerStatusSchema = Type.Object({ imageDigest: optional(Type.String()), name: optional(Type.String()) });
export type ContainerImage = Static<typeof containerStatusSchema>;

const statusSchema = Type.Object({
  ...statusProperties,
  actualReplicas: optional(int32()),
  containerStatuses: optional(Type.Array(containerStatusSchema)),
  desiredReplicas: optional(int32()),
  initContainerStatuses: optional(Type.Array(containerStatusSchema)),
  logUrl: optional(Type.String()),
});
export type RevisionStatus = Static<typeof statusSchema>;

const schema = objectSchema(revisionSpecSchema, statusSchema);
/** `serving.knative.dev/v1 Revision` */
export type Revision = Static<typeof schema>;

const ref: KindRef<Revision> = { group: "serving.knative.dev", version: "v1", kind: "Revision", plural: "revisions", namespaced: true };

export const revisionKind: Kind<Revision> = {
  ...ref,
  ...definitionOf(ref, "A Revision is an immutable snapshot of code and configuration that can be scaled and routed to.", schema),
  singular: "revision",
  shortNames: ["rev"],
  categories: ["all", "knative", "serving"],
  subresources: { status: true },
  generation: "spec",
  columns: [
    column(
      "Config Name",
      ".metadata.labels['serving\\.knative\\.dev/configuration']",
      (revision) => revision.metadata.labels?.[CONFIGURATION_LABEL],
    ),
    column(
      "Generation",
      ".metadata.labels['serving\\.knative\\.dev/configurationGeneration']",
      (revision) => revision.metadata.labels?.[CONFIGURATION_GENERATION_LABEL],
    ),
    readyColumn(),
    reasonColumn(),
    column("Actual Replicas", ".status.actualReplicas", (revision) => revision.status?.actualReplicas, "integer"),
    column("Desired Replicas", ".status.desiredReplicas", (revision) => revision.status?.desiredReplicas, "integer"),
  ],
  strategy: revisionStrategy,
  crd: { labels: SERVING_CRD_LABELS, webhook: SERVING_WEBHOOK },
};
