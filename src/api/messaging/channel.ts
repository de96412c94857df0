import { Type, type Static } from "typebox";
import { column, createdColumn, readyColumn, reasonColumn } from "../duck/columns.ts";
import { kReferenceSchema } from "../duck/destination.ts";
import { objectSchema } from "../duck/object.ts";
import { opaque, optional } from "../duck/typebox.ts";
import type { Kind } from "../meta/kind.ts";
import { ADDRESSABLE_LABEL, SUBSCRIBABLE_LABEL } from "../names/crd-labels.ts";
import { channelStrategy, inMemoryChannelStrategy } from "./channel-strategy.ts";
import { channelableSpecProperties, channelableStatusProperties, messagingKind, messagingRef } from "./messaging-kind.ts";

const templateSchema = Type.Object({
  apiVersion: optional(Type.String()),
  kind: optional(Type.String()),
  spec: optional(opaque<object>()),
});

const channelSchema = objectSchema(
  Type.Object({ ...channelableSpecProperties, channelTemplate: optional(templateSchema) }),
  Type.Object({ ...channelableStatusProperties, channel: optional(kReferenceSchema) }),
);
/** `messaging.knative.dev/v1 Channel` */
export type Channel = Static<typeof channelSchema>;

const inMemorySchema = objectSchema(Type.Object(channelableSpecProperties), Type.Object(channelableStatusProperties));
/** `messaging.knative.dev/v1 InMemoryChannel` */
export type InMemoryChannel = Static<typeof inMemorySchema>;

function columns<T extends Channel | InMemoryChannel>(): Kind<T>["columns"] {
  const url = column<T>("URL", ".status.address.url", (channel) => channel.status?.address?.url);
  return [url, createdColumn(), readyColumn(), reasonColumn()];
}

const labels = { ...ADDRESSABLE_LABEL, ...SUBSCRIBABLE_LABEL };

export const channelKind: Kind<Channel> = messagingKind({
  ref: messagingRef<Channel>("Channel", "channels"),
  text: "A Channel takes events and hands each to all of its Subscriptions.",
  schema: channelSchema,
  shortName: "ch",
  columns: columns<Channel>(),
  strategy: channelStrategy,
  labels,
  categories: ["channel"],
});

export const inMemoryChannelKind: Kind<InMemoryChannel> = messagingKind({
  ref: messagingRef<InMemoryChannel>("InMemoryChannel", "inmemorychannels"),
  text: "An InMemoryChannel is the channel that is made when nothing else is asked for.",
  schema: inMemorySchema,
  shortName: "imc",
  columns: columns<InMemoryChannel>(),
  strategy: inMemoryChannelStrategy,
  labels,
  categories: ["channel"],
});
