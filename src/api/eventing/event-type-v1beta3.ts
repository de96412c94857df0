import { Type, type Static } from "typebox";
import { column, readyColumn, reasonColumn } from "../duck/columns.ts";
import { kReferenceSchema } from "../duck/destination.ts";
import { missingField, viaField } from "../duck/field-error.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { failsEarlier } from "../duck/refusals.ts";
import { optional } from "../duck/typebox.ts";
import type { AdmissionContext, Kind, KindRef, Refusal } from "../meta/kind.ts";
import { dropStatus } from "../meta/strategy.ts";
import { EVENT_TYPE_TEXT, eventTypeKind, eventTypeNames, eventTypeStatusSchema, type EventType } from "./event-type.ts";
import { attributeValue, eventTypeFromV1Beta3, eventTypeToV1Beta3 } from "./event-type-conversion.ts";
import { denied } from "./webhook.ts";

const attributeSchema = Type.Object({ name: optional(Type.String()), required: optional(Type.Boolean()), value: optional(Type.String()) });
const variableSchema = Type.Object({
  name: optional(Type.String()),
  pattern: optional(Type.String()),
  example: optional(Type.String()),
});

const specSchema = Type.Object({
  attributes: optional(Type.Array(attributeSchema)),
  description: optional(Type.String()),
  reference: optional(kReferenceSchema),
  variables: optional(Type.Array(variableSchema)),
});
export type EventTypeV1Beta3Spec = Static<typeof specSchema>;
export type EventAttribute = Static<typeof attributeSchema>;

const schema = objectSchema(specSchema, eventTypeStatusSchema);
/** `eventing.knative.dev/v1beta3 EventType`: all attributes of its events in one list. */
export type EventTypeV1Beta3 = Static<typeof schema>;

const ref: KindRef<EventTypeV1Beta3> = { ...eventTypeNames, version: "v1beta3" };
const REQUIRED = ["type", "source", "specversion", "id"];

export const eventTypeV1Beta3Kind: Kind<EventTypeV1Beta3> = {
  ...eventTypeNames,
  version: "v1beta3",
  ...definitionOf(ref, EVENT_TYPE_TEXT, schema),
  columns: [
    column("Type", ".spec.attributes[?(@.name=='type')].value", ({ spec }) => attributeValue(spec.attributes, "type")),
    column("Source", ".spec.attributes[?(@.name=='source')].value", ({ spec }) => attributeValue(spec.attributes, "source")),
    column("Reference Name", ".spec.reference.name", ({ spec }) => spec.reference?.name),
    column("Reference Kind", ".spec.reference.kind", ({ spec }) => spec.reference?.kind),
    column("Description", ".spec.description", ({ spec }) => spec.description),
    readyColumn(),
    reasonColumn(),
  ],
  strategy: {
    prepare: dropStatus,
    default({ metadata, spec }, context) {
      if (context.subresource !== "" || spec?.reference === undefined || !metadata.namespace) return;
      spec.reference.namespace ||= metadata.namespace;
    },
    validate: (eventType, context) => (context.subresource === "" ? validate(eventType, context) : undefined),
  },
  storedAs: {
    kind: eventTypeKind,
    toStored: eventTypeFromV1Beta3,
    fromStored: (stored) => eventTypeToV1Beta3(stored as EventType),
  },
};

function validate(eventType: EventTypeV1Beta3, context: AdmissionContext): Refusal | undefined {
  if (failsEarlier({ group: "eventing.knative.dev", kind: "EventType" }, eventType, context)) return undefined;
  const names = (eventType.spec?.attributes ?? []).map(({ name }) => name);
  const missing = REQUIRED.filter((name) => !names.includes(name));
  return denied(viaField("spec", viaField("attributes", missing.length === 0 ? [] : missingField(...missing))));
}
