import { Type, type Static } from "typebox";
import { createdColumn, readyColumn, reasonColumn } from "../duck/columns.ts";
import { deliverySchema } from "../duck/delivery.ts";
import { destinationSchema, kReferenceSchema } from "../duck/destination.ts";
import { objectSchema } from "../duck/object.ts";
import { authStatusProperties, statusProperties } from "../duck/status.ts";
import { optional } from "../duck/typebox.ts";
import type { Kind } from "../meta/kind.ts";
import { messagingKind, messagingRef } from "./messaging-kind.ts";
import { subscriptionStrategy } from "./subscription-strategy.ts";

const specSchema = Type.Object({
  channel: optional(kReferenceSchema),
  delivery: optional(deliverySchema),
  reply: optional(destinationSchema),
  subscriber: optional(destinationSchema),
});

const text = optional(Type.String());
const physicalSchema = Type.Object({
  deadLetterSinkAudience: text,
  deadLetterSinkCACerts: text,
  deadLetterSinkUri: text,
  replyAudience: text,
  replyCACerts: text,
  replyUri: text,
  subscriberAudience: text,
  subscriberCACerts: text,
  subscriberUri: text,
});

const schema = objectSchema(
  specSchema,
  Type.Object({ ...statusProperties, ...authStatusProperties, physicalSubscription: optional(physicalSchema) }),
);
/** `messaging.knative.dev/v1 Subscription` */
export type Subscription = Static<typeof schema>;

export const subscriptionKind: Kind<Subscription> = messagingKind({
  ref: messagingRef<Subscription>("Subscription", "subscriptions"),
  text: "A Subscription sends the events of a Channel to a subscriber, and its answers to where replies go.",
  schema,
  shortName: "sub",
  columns: [createdColumn(), readyColumn(), reasonColumn()],
  strategy: subscriptionStrategy,
});
