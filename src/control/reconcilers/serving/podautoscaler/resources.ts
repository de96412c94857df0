import { metricKind, type Metric } from "../../../../api/autoscaling-internal/metric.ts";
import { podAutoscalerKind, type PodAutoscaler } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import { apiVersionOf } from "../../../../api/meta/kind.ts";
import { serverlessServiceKind, type ServerlessService } from "../../../../api/networking-internal/serverlessservice.ts";
import { privateServiceName } from "../../../../api/names/services.ts";
import type { Decision } from "../../../autoscaler/decide.ts";
import type { DeciderSpec } from "../../../autoscaler/spec.ts";
import { controllerRef } from "../../../controller/owners.ts";

const NANOSECONDS = 1_000_000;

function childMetadata(pa: PodAutoscaler) {
  const { name, namespace, labels, annotations } = pa.metadata;
  return { name, namespace, labels, annotations, ownerReferences: [controllerRef(podAutoscalerKind, pa)] };
}

/** `Serve` while there is a wish for pods and room for a burst, else `Proxy`. Informational: our gateway is always in the path. */
export function makeServerlessService(
  pa: PodAutoscaler,
  spec: DeciderSpec,
  scale: { want: number; decision: Decision | undefined; ready: number },
): ServerlessService {
  const excess = scale.decision?.excessBurstCapacity ?? initialBurstCapacity(spec);
  return {
    apiVersion: apiVersionOf(serverlessServiceKind),
    kind: serverlessServiceKind.kind,
    metadata: childMetadata(pa),
    spec: {
      mode: scale.want > 0 && excess >= 0 ? "Serve" : "Proxy",
      numActivators: numActivators(spec, scale.want >= 0 ? scale.want : Math.max(scale.ready, spec.initialScale)),
      objectRef: { ...pa.spec.scaleTargetRef },
      protocolType: pa.spec.protocolType,
    },
  };
}

function initialBurstCapacity(spec: DeciderSpec): number {
  return spec.targetBurstCapacity <= 0 ? spec.targetBurstCapacity : spec.initialScale * spec.total - spec.targetBurstCapacity;
}

const MIN_ACTIVATORS = 2;
/** Requests that one activator can hold (config-autoscaler's default). */
const ACTIVATOR_CAPACITY = 100;

/** For the instances that are wanted: those that are ready follow, and each step would be a new version of the object. */
function numActivators(spec: DeciderSpec, instances: number): number {
  if (spec.targetBurstCapacity === 0) return MIN_ACTIVATORS;
  const demand = instances * spec.total + Math.max(spec.targetBurstCapacity, 0);
  return Math.max(MIN_ACTIVATORS, Math.ceil(demand / ACTIVATOR_CAPACITY));
}

export function makeMetric(pa: PodAutoscaler, spec: DeciderSpec): Metric {
  return {
    apiVersion: apiVersionOf(metricKind),
    kind: metricKind.kind,
    metadata: childMetadata(pa),
    spec: {
      panicWindow: spec.panicWindowMs * NANOSECONDS,
      scrapeTarget: spec.targetBurstCapacity === -1 ? "" : privateServiceName(pa.metadata.name ?? ""),
      stableWindow: spec.stableWindowMs * NANOSECONDS,
    },
  };
}
