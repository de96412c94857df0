import type { PodAutoscaler, PodAutoscalerStatus } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import { ConditionManager, findCondition, type ConditionSet } from "../../../../api/meta/conditions.ts";
import type { ServerlessService } from "../../../../api/networking-internal/serverlessservice.ts";
import type { Activity } from "../../../autoscaler/apply-scale.ts";
import type { DeciderSpec } from "../../../autoscaler/spec.ts";

export const PODAUTOSCALER_CONDITIONS: ConditionSet = {
  happy: "Ready",
  dependents: ["Active", "ScaleTargetInitialized", "SKSReady"],
};

const NO_TRAFFIC = "The target is not receiving traffic.";
const QUEUED = "Requests to the target are being buffered as resources are provisioned.";
const TIMED_OUT = "The target could not be activated.";

/** The Active condition as `applyScale` wants it; a new PodAutoscaler is activating since `now`. */
export function activityOf(pa: PodAutoscaler, now: number): Activity {
  const active = findCondition(pa.status?.conditions, "Active");
  if (active === undefined) return { status: "Unknown", since: now };
  return { status: active.status, since: Date.parse(active.lastTransitionTime ?? "") || now };
}

export function isInitialized(pa: PodAutoscaler): boolean {
  return findCondition(pa.status?.conditions, "ScaleTargetInitialized")?.status === "True";
}

export interface StatusInput {
  /** Pods wanted after bounds; -1: not decided yet. */
  readonly want: number;
  readonly ready: number;
  readonly sks: ServerlessService | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The status of a PodAutoscaler (reference: autoscaling, conditions). */
export function podAutoscalerStatus(pa: PodAutoscaler, spec: DeciderSpec, input: StatusInput): PodAutoscalerStatus {
  const manager = new ConditionManager(PODAUTOSCALER_CONDITIONS, pa.status?.conditions, input.now).initialize();
  const serviceName = input.sks?.status?.serviceName ?? "";
  const minimum = minimumReady(pa, spec);
  markActive(manager, minimum, input);
  markInitialized(manager, minimum, input, serviceName);
  markServerlessService(manager, input.sks);
  return {
    ...pa.status,
    conditions: manager.conditions,
    observedGeneration: pa.metadata.generation,
    desiredScale: input.want >= 0 ? input.want : (pa.status?.desiredScale ?? -1),
    actualScale: input.ready,
    serviceName,
    metricsServiceName: input.sks?.status?.privateServiceName ?? "",
  };
}

/** Ready pods at which the target counts as active. */
function minimumReady(pa: PodAutoscaler, spec: DeciderSpec): number {
  const min = pa.spec.reachability === "Unreachable" ? 0 : spec.minScale;
  return isInitialized(pa) ? Math.max(min, 1) : Math.max(min, spec.initialScale);
}

function markActive(manager: ConditionManager, minimum: number, { want, ready }: StatusInput): void {
  const now = manager.get("Active")?.status;
  const fresh = manager.get("Active")?.reason === undefined && now === "Unknown";
  if (want === 0 || minimum === 0) {
    if (now === "Unknown" && !fresh) manager.markFalse("Active", "TimedOut", TIMED_OUT);
    else if (now !== "False") manager.markFalse("Active", "NoTraffic", NO_TRAFFIC);
  } else if (ready < minimum) {
    if (want > 0 || now !== "False") manager.markUnknown("Active", "Queued", QUEUED);
  } else if (want > 0 || now !== "False") {
    manager.markTrue("Active");
  }
}

function markInitialized(manager: ConditionManager, minimum: number, { ready }: StatusInput, serviceName: string): void {
  if (manager.get("ScaleTargetInitialized")?.status === "True") return;
  if (ready >= minimum && serviceName !== "") manager.markTrue("ScaleTargetInitialized");
  else manager.markUnknown("ScaleTargetInitialized", "Queued", `${ready} of ${minimum} initial instances are ready.`);
}

function markServerlessService(manager: ConditionManager, sks: ServerlessService | undefined): void {
  const ready = findCondition(sks?.status?.conditions, "Ready");
  const current = sks !== undefined && sks.status?.observedGeneration === sks.metadata.generation;
  if (ready?.status === "True" && current) manager.markTrue("SKSReady");
  else if (sks?.status?.privateServiceName === undefined) manager.markUnknown("SKSReady", "NotReady", "No Private Service Name");
  else manager.markUnknown("SKSReady", "NotReady", ready?.message ?? "K8s Service is not ready");
}
