import { metricKind } from "./autoscaling-internal/metric.ts";
import { podAutoscalerKind } from "./autoscaling-internal/podautoscaler.ts";
import { imageKind } from "./caching-internal/image.ts";
import { brokerKind } from "./eventing/broker.ts";
import { eventTypeV1Beta3Kind } from "./eventing/event-type-v1beta3.ts";
import { eventTypeKind, eventTypeV1Beta1Kind } from "./eventing/event-type.ts";
import { triggerKind } from "./eventing/trigger.ts";
import { channelKind, inMemoryChannelKind } from "./messaging/channel.ts";
import { subscriptionKind } from "./messaging/subscription.ts";
import type { Kind } from "./meta/kind.ts";
import { certificateKind } from "./networking-internal/certificate.ts";
import { clusterDomainClaimKind } from "./networking-internal/clusterdomainclaim.ts";
import { ingressKind } from "./networking-internal/ingress.ts";
import { serverlessServiceKind } from "./networking-internal/serverlessservice.ts";
import { configurationKind } from "./serving/configuration.ts";
import { domainMappingKind } from "./serving/domainmapping.ts";
import { revisionKind } from "./serving/revision.ts";
import { routeKind } from "./serving/route.ts";
import { knativeServiceKind } from "./serving/service.ts";
import { apiServerSourceKind } from "./sources/api-server-source.ts";
import { containerSourceKind } from "./sources/container-source.ts";
import { pingSourceKind, pingSourceV1Beta2Kind } from "./sources/ping-source.ts";
import { sinkBindingKind } from "./sources/sink-binding.ts";

/** Every Knative kind of this build. A new kind is a new file and one line here. */
export const knativeKinds = [
  knativeServiceKind,
  configurationKind,
  revisionKind,
  routeKind,
  domainMappingKind,
  podAutoscalerKind,
  metricKind,
  ingressKind,
  serverlessServiceKind,
  certificateKind,
  clusterDomainClaimKind,
  imageKind,
  brokerKind,
  triggerKind,
  eventTypeKind,
  eventTypeV1Beta3Kind,
  eventTypeV1Beta1Kind,
  channelKind,
  inMemoryChannelKind,
  subscriptionKind,
  pingSourceKind,
  pingSourceV1Beta2Kind,
  apiServerSourceKind,
  sinkBindingKind,
  containerSourceKind,
] as unknown as readonly Kind[];
