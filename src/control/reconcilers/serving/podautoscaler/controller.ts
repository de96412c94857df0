import { configMapKind } from "../../../../api/core/config-map.ts";
import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { endpointSliceKind } from "../../../../api/discovery/endpoint-slice.ts";
import { metricKind } from "../../../../api/autoscaling-internal/metric.ts";
import { podAutoscalerKind } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import { AUTOSCALER_CONFIG } from "../../../../api/config/autoscaler.ts";
import type { EndpointSlice } from "../../../../api/k8s/types.generated.ts";
import { serverlessServiceKind, type ServerlessService } from "../../../../api/networking-internal/serverlessservice.ts";
import { REVISION_LABEL, SERVICE_TYPE_LABEL } from "../../../../api/names/labels.ts";
import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { Patience } from "../../../controller/patience.ts";
import {
  changeSource,
  childTiming,
  ECHO_MS,
  isMoreThanStatus,
  ownerSource,
  sourcesOf,
  SETTLE_MS,
  type Timing,
  type Updated,
} from "../../../controller/sources.ts";
import type { Controller, Source } from "../../../controller/types.ts";
import { indexByService, readyIn } from "../shared/endpoints.ts";
import { observed, turned } from "../shared/timing.ts";
import type { Autoscaler } from "./autoscaler.ts";
import { reconcilePodAutoscaler, type PodAutoscalerWorld } from "./reconcile.ts";

/** The children of a Revision are named after it by label, and so is its PodAutoscaler. */
const revisionKey = (object: KubeObject) => {
  const name = object.metadata.labels?.[REVISION_LABEL];
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? "", name }];
};

/** Ready tells that the first instance takes traffic, which is what everybody waits for. */
function serverlessTiming(change: Updated<ServerlessService>): number {
  if (turned(change, "Ready")) return 0;
  return observed(change) ? SETTLE_MS : ECHO_MS;
}

/** Mostly the number of instances that we have written ourselves. */
const echoing = () => ECHO_MS;

/** Of the first ready endpoint the ServerlessService tells first, and then everything is said at once. */
const sliceTiming: Timing<EndpointSlice> = (change) =>
  change.type === "updated" && readyIn(change.object) === readyIn(change.old) ? ECHO_MS : SETTLE_MS;

function isPrivate({ metadata: { labels } }: EndpointSlice): boolean {
  return labels?.[SERVICE_TYPE_LABEL] === "Private";
}

export function podAutoscalerController(deps: ControllerDeps, autoscaler: Autoscaler): Controller {
  const world: PodAutoscalerWorld = {
    client: deps.client,
    clock: deps.clock,
    patience: new Patience(deps),
    autoscaler,
    podAutoscalers: deps.informers.of(podAutoscalerKind),
    serverlessServices: deps.informers.of(serverlessServiceKind),
    metrics: deps.informers.of(metricKind),
    deployments: deps.informers.of(deploymentKind),
    slices: deps.informers.of(endpointSliceKind),
    configMaps: deps.informers.of(configMapKind),
  };
  indexByService(world.slices);
  const decisions: Source = { start: (enqueue) => autoscaler.onChange(enqueue) };
  const config = changeSource(world.configMaps, (change) =>
    change.object.metadata.name === AUTOSCALER_CONFIG ? world.podAutoscalers.list().map(keyOf) : [],
  );
  return {
    name: "kpa-class-podautoscaler-controller",
    sources: sourcesOf(
      world.podAutoscalers,
      decisions,

      ownerSource(world.serverlessServices, podAutoscalerKind, childTiming(serverlessTiming)),
      changeSource(world.deployments, (change) => (isMoreThanStatus(change) ? revisionKey(change.object) : []), echoing),
      changeSource(world.slices, ({ object }) => (isPrivate(object) ? revisionKey(object) : []), sliceTiming),
      config,
    ),
    concurrency: 16,
    reconcile: (key) => reconcilePodAutoscaler(world, key),
  };
}
