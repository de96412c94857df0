import type { Deployment, EndpointSlice, ConfigMap } from "../../../../api/k8s/types.generated.ts";
import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { podAutoscalerKind, type PodAutoscaler } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import { metricKind, type Metric } from "../../../../api/autoscaling-internal/metric.ts";
import { AUTOSCALER_CONFIG, parseAutoscalerConfig } from "../../../../api/config/autoscaler.ts";
import { serverlessServiceKind, type ServerlessService } from "../../../../api/networking-internal/serverlessservice.ts";
import { SERVING_NAMESPACE } from "../../../../api/names/kinetic.ts";
import { CLASS_ANNOTATION, HPA_CLASS, KPA_CLASS } from "../../../../api/names/labels.ts";
import { ConditionManager } from "../../../../api/meta/conditions.ts";
import { formatKey, type ObjectKey } from "../../../../api/meta/object.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { applyScale, type ScaleAction } from "../../../autoscaler/apply-scale.ts";
import { deciderSpec, type DeciderSpec } from "../../../autoscaler/spec.ts";
import { createOrUpdate, updateStatusIfChanged } from "../../../controller/apply.ts";
import { sooner, type Patience } from "../../../controller/patience.ts";
import { done, requeueAfter, type Outcome } from "../../../controller/types.ts";
import { countReady } from "../shared/endpoints.ts";
import { isWait } from "../shared/timing.ts";
import { privateServiceName } from "../../../../api/names/services.ts";
import type { Autoscaler } from "./autoscaler.ts";
import { makeMetric, makeServerlessService } from "./resources.ts";
import { activityOf, isInitialized, PODAUTOSCALER_CONDITIONS, podAutoscalerStatus } from "./status.ts";

export interface PodAutoscalerWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly patience: Patience;
  readonly autoscaler: Autoscaler;
  readonly podAutoscalers: Informer<PodAutoscaler>;
  readonly serverlessServices: Informer<ServerlessService>;
  readonly metrics: Informer<Metric>;
  readonly deployments: Informer<Deployment>;
  readonly slices: Informer<EndpointSlice>;
  readonly configMaps: Informer<ConfigMap>;
}

const DEFAULT_PROGRESS_DEADLINE_SECONDS = 600;
/** What is told about a start from zero comes this much later: a start that a request waits for is often over by then. */
const ACTIVATION_MS = 25;

/**
 * Applies the decision to the target first, because a request may wait for it; then the children, then the status. From
 * zero a request surely waits, and everything but the target is left for later.
 */
export async function reconcilePodAutoscaler(world: PodAutoscalerWorld, key: ObjectKey): Promise<Outcome> {
  const pa = world.podAutoscalers.get(key);
  if (pa === undefined || pa.metadata.deletionTimestamp !== undefined) {
    world.autoscaler.forget(formatKey(key));
    world.patience.forget(key);
    return done;
  }
  const autoscalerClass = pa.metadata.annotations?.[CLASS_ANNOTATION] ?? KPA_CLASS;
  if (autoscalerClass === HPA_CLASS) return refuseClass(world, pa);
  if (autoscalerClass !== KPA_CLASS) return done; // somebody else's
  const spec = specOf(world, pa);
  const ready = countReady(world.slices, key.namespace, privateServiceName(key.name));
  world.autoscaler.track(formatKey(key), { spec, reachable: pa.spec.reachability !== "Unreachable", readyPods: ready });
  const action = await scaleTarget(world, pa, spec);
  if (action.kind === "scale" && action.want > 0 && ready === 0) return requeueAfter(ACTIVATION_MS);
  const sks = await reconcileChildren(world, pa, spec, { want: action.want, ready });
  const status = podAutoscalerStatus(pa, spec, { want: action.want, ready, sks, now: world.clock.now() });
  const waits = isWait(status.conditions) && isWait(pa.status?.conditions);
  const reported = await world.patience.report(podAutoscalerKind, pa, status, waits);
  return action.requeueAfterMs === undefined ? reported : sooner(reported, requeueAfter(action.requeueAfterMs));
}

/** Nothing waits without saying what for: this class needs a metrics pipeline that is not here. */
async function refuseClass(world: PodAutoscalerWorld, pa: PodAutoscaler): Promise<Outcome> {
  const manager = new ConditionManager(PODAUTOSCALER_CONDITIONS, pa.status?.conditions, world.clock.now()).initialize();
  const message = `class ${HPA_CLASS} is not available here; leave the annotation ${CLASS_ANNOTATION} out`;
  manager.markFalse("Active", "UnsupportedClass", message);
  await updateStatusIfChanged(world.client, podAutoscalerKind, pa, {
    ...pa.status,
    conditions: manager.conditions,
    observedGeneration: pa.metadata.generation,
  });
  return done;
}

function specOf(world: PodAutoscalerWorld, pa: PodAutoscaler): DeciderSpec {
  const data = world.configMaps.get({ namespace: SERVING_NAMESPACE, name: AUTOSCALER_CONFIG })?.data;
  return deciderSpec(pa.metadata.annotations ?? {}, pa.spec.containerConcurrency ?? 0, parseAutoscalerConfig(data));
}

async function scaleTarget(world: PodAutoscalerWorld, pa: PodAutoscaler, spec: DeciderSpec): Promise<ScaleAction> {
  const target: ObjectKey = { namespace: pa.metadata.namespace ?? "", name: pa.spec.scaleTargetRef.name ?? "" };
  const deployment = world.deployments.get(target);
  if (deployment === undefined) return { kind: "hold", want: -1 };
  const now = world.clock.now();
  const action = applyScale(
    spec,
    {
      desired: world.autoscaler.decision(`${target.namespace}/${pa.metadata.name ?? ""}`)?.desired ?? -1,
      current: deployment.spec?.replicas ?? 1,
      activity: activityOf(pa, now),
      reachability: pa.spec.reachability ?? "",
      initialized: isInitialized(pa),
      progressDeadlineMs: (deployment.spec?.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE_SECONDS) * 1000,
      gatewayInPath: true,
    },
    now,
  );
  if (action.kind === "scale") {
    const body = [{ op: "add", path: "/spec/replicas", value: action.want }];
    await world.client.patch(deploymentKind, target, { type: "json", body }, { subresource: "scale", fieldManager: "autoscaler" });
  }
  return action;
}

async function reconcileChildren(
  world: PodAutoscalerWorld,
  pa: PodAutoscaler,
  spec: DeciderSpec,
  scale: { readonly want: number; readonly ready: number },
): Promise<ServerlessService> {
  const key: ObjectKey = { namespace: pa.metadata.namespace ?? "", name: pa.metadata.name ?? "" };
  const decision = world.autoscaler.decision(formatKey(key));
  const desired = makeServerlessService(pa, spec, { ...scale, decision });
  const sks = await createOrUpdate(world.client, serverlessServiceKind, world.serverlessServices.get(key), desired);
  await createOrUpdate(world.client, metricKind, world.metrics.get(key), makeMetric(pa, spec));
  return sks.object;
}
