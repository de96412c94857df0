/**
 * All texts. They are large and only `kubectl explain` and its like read them: import this file when an OpenAPI document
 * is made, not before.
 */
import { authenticationTexts, authorizationTexts, rbacTexts } from "./access.ts";
import { claimTexts } from "./claims.ts";
import { containerTexts } from "./container.ts";
import { coreTexts, scalarTexts } from "./core.ts";
import { describeWith, descriptionsOf } from "./describe.ts";
import { duckTexts, eventingTexts, eventTypesTexts, messagingTexts, sourcesTexts } from "./eventing.ts";
import { extensionTexts } from "./extensions.ts";
import { foreignVolumeTexts } from "./foreign-volumes.ts";
import { autoscalingInternalTexts, cachingInternalTexts, networkingInternalTexts } from "./knative-internal.ts";
import { metaTexts, objectTexts } from "./meta.ts";
import { endpointSliceTexts, networkTexts, referenceTexts } from "./network.ts";
import { placementTexts } from "./placement.ts";
import { podTexts } from "./pod.ts";
import { eventTexts, leaseTexts } from "./records.ts";
import { domainMappingTexts, revisionMemberTexts, servingTexts } from "./serving.ts";
import { volumeTexts } from "./volumes.ts";
import { scaleTexts, workloadTexts } from "./workloads.ts";

export const descriptions = descriptionsOf([
  objectTexts,
  metaTexts,
  scalarTexts,
  servingTexts,
  domainMappingTexts,
  revisionMemberTexts,
  autoscalingInternalTexts,
  cachingInternalTexts,
  networkingInternalTexts,
  duckTexts,
  eventingTexts,
  ...eventTypesTexts,
  messagingTexts,
  ...sourcesTexts,
  podTexts,
  containerTexts,
  volumeTexts,
  claimTexts,
  foreignVolumeTexts,
  placementTexts,
  workloadTexts,
  scaleTexts,
  networkTexts,
  endpointSliceTexts,
  referenceTexts,
  coreTexts,
  eventTexts,
  leaseTexts,
  rbacTexts,
  authorizationTexts,
  authenticationTexts,
  extensionTexts,
]);

export const describe = describeWith(descriptions);
