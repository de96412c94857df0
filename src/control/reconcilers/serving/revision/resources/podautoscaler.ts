import { podAutoscalerKind, type PodAutoscaler, type Reachability } from "../../../../../api/autoscaling-internal/podautoscaler.ts";
import { revisionKind, type Revision } from "../../../../../api/serving/revision.ts";
import { RESOURCES_AVAILABLE, PROGRESS_DEADLINE_EXCEEDED } from "../../../../../api/serving/revision-lifecycle.ts";
import { findCondition } from "../../../../../api/meta/conditions.ts";
import { apiVersionOf } from "../../../../../api/meta/kind.ts";
import { ROUTING_STATE_LABEL } from "../../../../../api/names/labels.ts";
import { deploymentName } from "../../../../../api/names/serving.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { protocolOf } from "./containers.ts";
import { childAnnotations, childLabels } from "./labels.ts";

/** The PodAutoscaler of a revision. It follows the revision's annotations as they are now. */
export function makePodAutoscaler(revision: Revision): PodAutoscaler {
  const { name = "", namespace } = revision.metadata;
  const { containerConcurrency } = revision.spec;
  return {
    apiVersion: apiVersionOf(podAutoscalerKind),
    kind: podAutoscalerKind.kind,
    metadata: {
      name,
      namespace,
      labels: childLabels(revision),
      annotations: childAnnotations(revision),
      ownerReferences: [controllerRef(revisionKind, revision)],
    },
    spec: {
      ...(containerConcurrency ? { containerConcurrency } : {}),
      protocolType: protocolOf(revision),
      reachability: reachabilityOf(revision),
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deploymentName(name) },
    },
  };
}

/** The existing one as it should be. Annotations that admission filled in stay; those that left the revision go. */
export function alignPodAutoscaler(existing: PodAutoscaler, desired: PodAutoscaler): PodAutoscaler {
  const filledIn = Object.entries(existing.metadata.annotations ?? {}).filter(([key]) => FILLED_IN.includes(key));
  return {
    ...existing,
    metadata: {
      ...existing.metadata,
      labels: desired.metadata.labels,
      annotations: { ...Object.fromEntries(filledIn), ...desired.metadata.annotations },
    },
    spec: desired.spec,
  };
}

const FILLED_IN = ["autoscaling.knative.dev/class", "autoscaling.knative.dev/metric"];

/** A revision that has had its time and never started is given up; else the traffic decides. */
function reachabilityOf(revision: Revision): Reachability {
  const resources = findCondition(revision.status?.conditions, RESOURCES_AVAILABLE);
  if (resources?.status === "False" && resources.reason === PROGRESS_DEADLINE_EXCEEDED) return "Unreachable";
  const state = revision.metadata.labels?.[ROUTING_STATE_LABEL];
  return state === "active" ? "Reachable" : state === "reserve" ? "Unreachable" : "";
}
