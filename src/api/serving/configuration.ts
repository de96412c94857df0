import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { optional } from "../duck/typebox.ts";
import { PODSPECABLE_LABEL, SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";
import { configurationStrategy } from "./configuration-strategy.ts";
import { configurationSpecSchema } from "./revision-spec.ts";

const statusSchema = Type.Object({
  ...statusProperties,
  latestCreatedRevisionName: optional(Type.String()),
  latestReadyRevisionName: optional(Type.String()),
});
export type ConfigurationStatus = Static<typeof statusSchema>;

const schema = objectSchema(configurationSpecSchema, statusSchema);
/** `serving.knative.dev/v1 Configuration` */
export type Configuration = Static<typeof schema>;

const ref: KindRef<Configuration> = {
  group: "serving.knative.dev",
  version: "v1",
  kind: "Configuration",
  plural: "configurations",
  namespaced: true,
};

export const configurationKind: Kind<Configuration> = {
  ...ref,
  ...definitionOf(ref, "A Configuration stamps a Revision from its template whenever the template changes.", schema),
  singular: "configuration",
  shortNames: ["config", "cfg"],
  categories: ["all", "knative", "serving"],
  subresources: { status: true },
  generation: "spec",
  columns: [
    column("LatestCreated", ".status.latestCreatedRevisionName", (configuration) => configuration.status?.latestCreatedRevisionName),
    column("LatestReady", ".status.latestReadyRevisionName", (configuration) => configuration.status?.latestReadyRevisionName),
    readyColumn(),
    reasonColumn(),
  ],
  strategy: configurationStrategy,
  crd: { labels: { ...SERVING_CRD_LABELS, ...PODSPECABLE_LABEL }, webhook: SERVING_WEBHOOK },
};
