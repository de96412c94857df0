import { metricKind } from "./autoscaling-internal/metric.ts";
import { podAutoscalerKind } from "./autoscaling-internal/podautoscaler.ts";
import { imageKind } from "./caching-internal/image.ts";
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
] as unknown as readonly Kind[];
