import { Type, type Static } from "typebox";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { kReferenceSchema } from "../duck/destination.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { statusProperties } from "../duck/status.ts";
import { optional } from "../duck/typebox.ts";
import type { Column, Kind, KindRef } from "../meta/kind.ts";
import { EVENTING_CRD_LABELS, EVENTING_WEBHOOK } from "../names/crd-labels.ts";
import { eventTypeStrategy } from "./event-type-strategy.ts";

const specSchema = Type.Object({
  broker: optional(Type.String()),
  description: optional(Type.String()),
  reference: optional(kReferenceSchema),
  schema: optional(Type.String()),
  schemaData: optional(Type.String()),
  source: optional(Type.String()),
  type: optional(Type.String()),
});

export const eventTypeStatusSchema = Type.Object(statusProperties);

const schema = objectSchema(specSchema, eventTypeStatusSchema);
/** `eventing.knative.dev/v1beta2 EventType`, and v1beta1, which is the same. */
export type EventType = Static<typeof schema>;

/** Of all three versions. */
export const eventTypeNames = {
  group: "eventing.knative.dev",
  kind: "EventType",
  plural: "eventtypes",
  singular: "eventtype",
  namespaced: true,
  shortNames: [],
  categories: ["all", "knative", "eventing"],
  subresources: { status: true },
  generation: "spec",
  crd: { labels: EVENTING_CRD_LABELS, webhook: EVENTING_WEBHOOK },
} as const;

export const EVENT_TYPE_TEXT = "An EventType tells that events of a type are there to be had, and where.";

const columns: readonly Column<EventType>[] = [
  column("Type", ".spec.type", ({ spec }) => spec.type),
  column("Source", ".spec.source", ({ spec }) => spec.source),
  column("Schema", ".spec.schema", ({ spec }) => spec.schema),
  column("Reference Name", ".spec.reference.name", ({ spec }) => spec.reference?.name),
  column("Reference Kind", ".spec.reference.kind", ({ spec }) => spec.reference?.kind),
  column("Description", ".spec.description", ({ spec }) => spec.description),
  readyColumn(),
  reasonColumn(),
];

function versionOf(version: string): Kind<EventType> {
  const ref: KindRef<EventType> = { ...eventTypeNames, version };
  return { ...eventTypeNames, version, ...definitionOf(ref, EVENT_TYPE_TEXT, schema), columns, strategy: eventTypeStrategy };
}

/** The version that is stored. */
export const eventTypeKind: Kind<EventType> = versionOf("v1beta2");

export const eventTypeV1Beta1Kind: Kind<EventType> = {
  ...versionOf("v1beta1"),
  storedAs: {
    kind: eventTypeKind,
    toStored: (object) => ({ ...object, apiVersion: "eventing.knative.dev/v1beta2" }),
    fromStored: (stored) => ({ ...(stored as EventType), apiVersion: "eventing.knative.dev/v1beta1" }),
  },
};
