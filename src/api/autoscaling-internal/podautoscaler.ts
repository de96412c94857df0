import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { choice, int32, int64, optional } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";
import { podAutoscalerStrategy } from "./podautoscaler-strategy.ts";

export const objectReferenceSchema = Type.Object({
  apiVersion: optional(Type.String()),
  kind: optional(Type.String()),
  name: optional(Type.String()),
});

const specSchema = Type.Object({
  containerConcurrency: optional(int64()),
  /** `http1` or `h2c` */
  protocolType: optional(choice(["http1", "h2c"])),
  /** Whether a route refers to the revision; "" is not known yet. */
  reachability: optional(choice(["", "Reachable", "Unreachable"])),
  scaleTargetRef: objectReferenceSchema,
});
export type PodAutoscalerSpec = Static<typeof specSchema>;
export type Reachability = NonNullable<PodAutoscalerSpec["reachability"]>;

const statusSchema = Type.Object({
  ...statusProperties,
  actualScale: optional(int32()),
  desiredScale: optional(int32()),
  metricsServiceName: optional(Type.String()),
  serviceName: optional(Type.String()),
});
export type PodAutoscalerStatus = Static<typeof statusSchema>;

const schema = objectSchema(specSchema, statusSchema);
/** `autoscaling.internal.knative.dev/v1alpha1 PodAutoscaler` */
export type PodAutoscaler = Static<typeof schema>;

const ref: KindRef<PodAutoscaler> = {
  group: "autoscaling.internal.knative.dev",
  version: "v1alpha1",
  kind: "PodAutoscaler",
  plural: "podautoscalers",
  namespaced: true,
};

export const podAutoscalerKind: Kind<PodAutoscaler> = {
  ...ref,
  ...definitionOf(ref, "A PodAutoscaler scales the Deployment of one Revision.", schema),
  singular: "podautoscaler",
  shortNames: ["kpa", "pa"],
  categories: ["knative-internal", "autoscaling"],
  subresources: { status: true },
  generation: "spec",
  columns: [
    column("DesiredScale", ".status.desiredScale", (pa) => pa.status?.desiredScale, "integer"),
    column("ActualScale", ".status.actualScale", (pa) => pa.status?.actualScale, "integer"),
    readyColumn(),
    reasonColumn(),
  ],
  strategy: podAutoscalerStrategy,
  crd: { labels: SERVING_CRD_LABELS, webhook: SERVING_WEBHOOK },
};
