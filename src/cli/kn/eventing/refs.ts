/** Where Eventing's kinds live, without their schemas: a command line starts faster without them. */
import type { Broker } from "../../../api/eventing/broker.ts";
import type { EventType } from "../../../api/eventing/event-type.ts";
import type { Trigger } from "../../../api/eventing/trigger.ts";
import type { Channel } from "../../../api/messaging/channel.ts";
import type { Subscription } from "../../../api/messaging/subscription.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import type { ApiServerSource } from "../../../api/sources/api-server-source.ts";
import type { ContainerSource } from "../../../api/sources/container-source.ts";
import type { PingSource } from "../../../api/sources/ping-source.ts";
import type { SinkBinding } from "../../../api/sources/sink-binding.ts";

const eventing = { group: "eventing.knative.dev", version: "v1", namespaced: true } as const;
const messaging = { group: "messaging.knative.dev", version: "v1", namespaced: true } as const;
const sources = { group: "sources.knative.dev", version: "v1", namespaced: true } as const;

export const BROKER: KindRef<Broker> = { ...eventing, kind: "Broker", plural: "brokers" };
export const TRIGGER: KindRef<Trigger> = { ...eventing, kind: "Trigger", plural: "triggers" };
export const EVENT_TYPE: KindRef<EventType> = { ...eventing, version: "v1beta2", kind: "EventType", plural: "eventtypes" };
export const CHANNEL: KindRef<Channel> = { ...messaging, kind: "Channel", plural: "channels" };
export const SUBSCRIPTION: KindRef<Subscription> = { ...messaging, kind: "Subscription", plural: "subscriptions" };
export const PING_SOURCE: KindRef<PingSource> = { ...sources, kind: "PingSource", plural: "pingsources" };
export const API_SERVER_SOURCE: KindRef<ApiServerSource> = { ...sources, kind: "ApiServerSource", plural: "apiserversources" };
export const SINK_BINDING: KindRef<SinkBinding> = { ...sources, kind: "SinkBinding", plural: "sinkbindings" };
export const CONTAINER_SOURCE: KindRef<ContainerSource> = { ...sources, kind: "ContainerSource", plural: "containersources" };
