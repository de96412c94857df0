import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { int64, optional } from "../duck/typebox.ts";
import { SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";

/** Windows are in nanoseconds. */
const specSchema = Type.Object({
  panicWindow: optional(int64()),
  /** Name of the Service whose pods are asked; empty: none. */
  scrapeTarget: optional(Type.String()),
  stableWindow: optional(int64()),
});

const statusSchema = Type.Object(statusProperties);

const schema = objectSchema(specSchema, statusSchema);
/** `autoscaling.internal.knative.dev/v1alpha1 Metric` */
export type Metric = Static<typeof schema>;

const ref: KindRef<Metric> = {
  group: "autoscaling.internal.knative.dev",
  version: "v1alpha1",
  kind: "Metric",
  plural: "metrics",
  namespaced: true,
};

export const metricKind: Kind<Metric> = {
  ...ref,
  ...definitionOf(ref, "A Metric says how the autoscaler measures one Revision.", schema),
  singular: "metric",
  shortNames: [],
  categories: ["knative-internal", "autoscaling"],
  subresources: { status: true },
  generation: "spec",
  columns: [readyColumn(), reasonColumn()],
  strategy: {},
  crd: { labels: SERVING_CRD_LABELS, webhook: SERVING_WEBHOOK },
};
