import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { optional } from "../duck/typebox.ts";
import { ADDRESSABLE_LABEL, PODSPECABLE_LABEL, SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";
import { configurationSpecSchema } from "./revision-spec.ts";
import { serviceStrategy } from "./service-strategy.ts";
import { routeSpecSchema, routeStatusProperties } from "./traffic.ts";

export const serviceSpecSchema = Type.Object({ ...configurationSpecSchema.properties, ...routeSpecSchema.properties });

const statusSchema = Type.Object({
  ...statusProperties,
  ...routeStatusProperties,
  latestCreatedRevisionName: optional(Type.String()),
  latestReadyRevisionName: optional(Type.String()),
});
export type ServiceStatus = Static<typeof statusSchema>;

const schema = objectSchema(serviceSpecSchema, statusSchema);
/** `serving.knative.dev/v1 Service` */
export type KnativeService = Static<typeof schema>;

const ref: KindRef<KnativeService> = { group: "serving.knative.dev", version: "v1", kind: "Service", plural: "services", namespaced: true };

export const knativeServiceKind: Kind<KnativeService> = {
  ...ref,
  ...definitionOf(
    ref,
    "A Service owns a Configuration and a Route: one program, its history of revisions, and the traffic to them.",
    schema,
  ),
  singular: "service",
  shortNames: ["kservice", "ksvc"],
  categories: ["all", "knative", "serving"],
  subresources: { status: true },
  generation: "spec",
  columns: [
    column("URL", ".status.url", (service) => service.status?.url),
    column("LatestCreated", ".status.latestCreatedRevisionName", (service) => service.status?.latestCreatedRevisionName),
    column("LatestReady", ".status.latestReadyRevisionName", (service) => service.status?.latestReadyRevisionName),
    readyColumn(),
    reasonColumn(),
  ],
  strategy: serviceStrategy,
  crd: { labels: { ...SERVING_CRD_LABELS, ...ADDRESSABLE_LABEL, ...PODSPECABLE_LABEL }, webhook: SERVING_WEBHOOK },
};
