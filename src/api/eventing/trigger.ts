import { Type, type Static } from "typebox";
import { column, createdColumn, readyColumn, reasonColumn } from "../duck/columns.ts";
import { deliverySchema, deliveryStatusProperties } from "../duck/delivery.ts";
import { destinationSchema, kReferenceSchema } from "../duck/destination.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { authStatusProperties, statusProperties } from "../duck/status.ts";
import { optional } from "../duck/typebox.ts";
import type { Kind, KindRef } from "../meta/kind.ts";
import { EVENTING_CRD_LABELS, EVENTING_WEBHOOK } from "../names/crd-labels.ts";
import { attributesFilterSchema, filtersSchema } from "./filters.ts";
import { triggerStrategy } from "./trigger-strategy.ts";

const specSchema = Type.Object({
  broker: optional(Type.String()),
  brokerRef: optional(kReferenceSchema),
  delivery: optional(deliverySchema),
  filter: optional(attributesFilterSchema),
  filters: optional(filtersSchema),
  subscriber: optional(destinationSchema),
});

const statusSchema = Type.Object({
  ...statusProperties,
  ...authStatusProperties,
  ...deliveryStatusProperties,
  subscriberAudience: optional(Type.String()),
  subscriberCACerts: optional(Type.String()),
  subscriberUri: optional(Type.String()),
});

const schema = objectSchema(specSchema, statusSchema);
/** `eventing.knative.dev/v1 Trigger` */
export type Trigger = Static<typeof schema>;

const ref: KindRef<Trigger> = { group: "eventing.knative.dev", version: "v1", kind: "Trigger", plural: "triggers", namespaced: true };

export const triggerKind: Kind<Trigger> = {
  ...ref,
  ...definitionOf(ref, "A Trigger sends those events of a Broker that pass its filter to a subscriber.", schema),
  singular: "trigger",
  shortNames: [],
  categories: ["all", "knative", "eventing"],
  subresources: { status: true },
  generation: "spec",
  columns: [
    column("Broker", ".spec.broker", (trigger) => trigger.spec.broker),
    column("Subscriber_URI", ".status.subscriberUri", (trigger) => trigger.status?.subscriberUri),
    createdColumn(),
    readyColumn(),
    reasonColumn(),
  ],
  strategy: triggerStrategy,
  crd: { labels: EVENTING_CRD_LABELS, webhook: EVENTING_WEBHOOK },
};

/** The name of the Broker that the Trigger is of. */
export function brokerOf({ spec }: Trigger): string {
  return spec.broker || (spec.brokerRef?.name ?? "");
}
