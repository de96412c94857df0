import { Type, type Static } from "typebox";
import type { Kind, KindRef } from "../meta/kind.ts";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { ADDRESSABLE_LABEL, SERVING_CRD_LABELS, SERVING_WEBHOOK } from "../names/crd-labels.ts";
import { routeStrategy } from "./route-strategy.ts";
import { routeSpecSchema, routeStatusProperties } from "./traffic.ts";

const statusSchema = Type.Object({ ...statusProperties, ...routeStatusProperties });
export type RouteStatus = Static<typeof statusSchema>;

const schema = objectSchema(routeSpecSchema, statusSchema);
/** `serving.knative.dev/v1 Route` */
export type Route = Static<typeof schema>;

const ref: KindRef<Route> = { group: "serving.knative.dev", version: "v1", kind: "Route", plural: "routes", namespaced: true };

export const routeKind: Kind<Route> = {
  ...ref,
  ...definitionOf(ref, "A Route maps an address to shares of traffic over revisions.", schema),
  singular: "route",
  shortNames: ["rt"],
  categories: ["all", "knative", "serving"],
  subresources: { status: true },
  generation: "spec",
  columns: [column("URL", ".status.url", (route) => route.status?.url), readyColumn(), reasonColumn()],
  strategy: routeStrategy,
  crd: { labels: { ...SERVING_CRD_LABELS, ...ADDRESSABLE_LABEL }, webhook: SERVING_WEBHOOK },
};
