import { Type, type Static } from "typebox";
import { int64, optional } from "../duck/typebox.ts";
import { addressSchema } from "../duck/status.ts";

/** One share of a Route's traffic. */
export const trafficTargetSchema = Type.Object({
  configurationName: optional(Type.String()),
  latestRevision: optional(Type.Boolean()),
  percent: optional(int64()),
  revisionName: optional(Type.String()),
  tag: optional(Type.String()),
  url: optional(Type.String()),
});
export type TrafficTarget = Static<typeof trafficTargetSchema>;

export const routeSpecSchema = Type.Object({ traffic: optional(Type.Array(trafficTargetSchema)) });

/** What Route and Service say about the route in their status. */
export const routeStatusProperties = {
  address: optional(addressSchema),
  traffic: optional(Type.Array(trafficTargetSchema)),
  url: optional(Type.String()),
};
