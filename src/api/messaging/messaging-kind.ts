import { Type, type TObject } from "typebox";
import { deliverySchema, deliveryStatusProperties } from "../duck/delivery.ts";
import { definitionOf } from "../duck/object.ts";
import { addressStatusProperties, policiesStatusProperties, statusProperties } from "../duck/status.ts";
import { int64, optional } from "../duck/typebox.ts";
import type { Kind, KindRef } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { EVENTING_CRD_LABELS, EVENTING_WEBHOOK } from "../names/crd-labels.ts";

/** Who reads a channel, as the Subscription controller writes it. */
const subscriberSchema = Type.Object({
  delivery: optional(deliverySchema),
  generation: optional(int64()),
  name: optional(Type.String()),
  replyAudience: optional(Type.String()),
  replyCACerts: optional(Type.String()),
  replyUri: optional(Type.String()),
  subscriberAudience: optional(Type.String()),
  subscriberCACerts: optional(Type.String()),
  subscriberUri: optional(Type.String()),
  uid: optional(Type.String()),
});

/** Of everything that is a channel. Spread into the properties of a spec. */
export const channelableSpecProperties = { delivery: optional(deliverySchema), subscribers: optional(Type.Array(subscriberSchema)) };

/** Spread into the properties of a status. */
export const channelableStatusProperties = {
  ...statusProperties,
  ...addressStatusProperties,
  ...deliveryStatusProperties,
  ...policiesStatusProperties,
  subscribers: optional(
    Type.Array(
      Type.Object({
        message: optional(Type.String()),
        observedGeneration: optional(int64()),
        ready: optional(Type.String()),
        uid: optional(Type.String()),
      }),
    ),
  ),
};

interface SpecialKind<T extends KubeObject> {
  readonly ref: KindRef<T>;
  readonly text: string;
  readonly schema: TObject;
  readonly shortName: string;
  readonly columns: Kind<T>["columns"];
  readonly strategy: Kind<T>["strategy"];
  readonly labels?: Readonly<Record<string, string>>;
  readonly categories?: readonly string[];
}

/** A kind of `messaging.knative.dev/v1` from what is special about it. */
export function messagingKind<T extends KubeObject>(special: SpecialKind<T>): Kind<T> {
  const { ref, text, schema, shortName, columns, strategy, labels = {}, categories = [] } = special;
  return {
    ...ref,
    ...definitionOf(ref, text, schema),
    singular: ref.kind.toLowerCase(),
    shortNames: [shortName],
    categories: ["all", "knative", "messaging", ...categories],
    subresources: { status: true },
    generation: "spec",
    columns,
    strategy,
    crd: { labels: { ...EVENTING_CRD_LABELS, ...labels }, webhook: EVENTING_WEBHOOK },
  };
}

export function messagingRef<T extends KubeObject>(kind: string, plural: string): KindRef<T> {
  return { group: "messaging.knative.dev", version: "v1", kind, plural, namespaced: true };
}
