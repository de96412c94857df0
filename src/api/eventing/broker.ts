import { Type, type Static } from "typebox";
import { column, createdColumn, readyColumn, reasonColumn } from "../duck/columns.ts";
import { deliverySchema, deliveryStatusProperties } from "../duck/delivery.ts";
import { kReferenceSchema } from "../duck/destination.ts";
import { definitionOf, objectSchema } from "../duck/object.ts";
import { addressStatusProperties, policiesStatusProperties, statusProperties } from "../duck/status.ts";
import { optional } from "../duck/typebox.ts";
import type { Kind, KindRef } from "../meta/kind.ts";
import { ADDRESSABLE_LABEL, EVENTING_CRD_LABELS, EVENTING_WEBHOOK } from "../names/crd-labels.ts";
import { BROKER_CLASS_ANNOTATION } from "../names/eventing.ts";
import { brokerStrategy } from "./broker-strategy.ts";

const specSchema = Type.Object({ config: optional(kReferenceSchema), delivery: optional(deliverySchema) });

const statusSchema = Type.Object({
  ...statusProperties,
  ...addressStatusProperties,
  ...deliveryStatusProperties,
  ...policiesStatusProperties,
});

const schema = objectSchema(specSchema, statusSchema);
/** `eventing.knative.dev/v1 Broker` */
export type Broker = Static<typeof schema>;

const ref: KindRef<Broker> = { group: "eventing.knative.dev", version: "v1", kind: "Broker", plural: "brokers", namespaced: true };

export const brokerKind: Kind<Broker> = {
  ...ref,
  ...definitionOf(ref, "A Broker takes events at one address and hands them to the Triggers that want them.", schema),
  singular: "broker",
  shortNames: [],
  categories: ["all", "knative", "eventing"],
  subresources: { status: true },
  generation: "spec",
  columns: [
    column("URL", ".status.address.url", (broker) => broker.status?.address?.url),
    createdColumn(),
    readyColumn(),
    reasonColumn(),
    { ...column("Class", `.metadata.annotations.${BROKER_CLASS_ANNOTATION.replaceAll(".", "\\.")}`, brokerClass), priority: 1 },
  ],
  strategy: brokerStrategy,
  crd: { labels: { ...EVENTING_CRD_LABELS, ...ADDRESSABLE_LABEL }, webhook: EVENTING_WEBHOOK },
};

/** The implementation that a Broker asks for. */
export function brokerClass({ metadata }: Broker): string | undefined {
  return metadata.annotations?.[BROKER_CLASS_ANNOTATION];
}
