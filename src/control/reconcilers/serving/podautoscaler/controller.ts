import { configMapKind } from "../../../../api/core/config-map.ts";
import { deploymentKind } from "../../../../api/apps/deployment.ts";
import { endpointSliceKind } from "../../../../api/discovery/endpoint-slice.ts";
import { metricKind } from "../../../../api/autoscaling-internal/metric.ts";
import { podAutoscalerKind } from "../../../../api/autoscaling-internal/podautoscaler.ts";
import { AUTOSCALER_CONFIG } from "../../../../api/config/autoscaler.ts";
import { serverlessServiceKind } from "../../../../api/networking-internal/serverlessservice.ts";
import { REVISION_LABEL } from "../../../../api/names/labels.ts";
import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, informerSource, ownerSource, settled } from "../../../controller/sources.ts";
import type { Controller, Source } from "../../../controller/types.ts";
import { indexByService } from "../shared/endpoints.ts";
import type { Autoscaler } from "./autoscaler.ts";
import { reconcilePodAutoscaler, type PodAutoscalerWorld } from "./reconcile.ts";

/** The children of a Revision are named after it by label, and so is its PodAutoscaler. */
const revisionKey = (object: KubeObject) => {
  const name = object.metadata.labels?.[REVISION_LABEL];
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? "", name }];
};

export function podAutoscalerController(deps: ControllerDeps, autoscaler: Autoscaler): Controller {
  const world: PodAutoscalerWorld = {
    client: deps.client,
    clock: deps.clock,
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
    sources: [
      decisions,
      informerSource(world.podAutoscalers),
      settled(deps.clock, ownerSource(world.serverlessServices, podAutoscalerKind)),
      settled(deps.clock, informerSource(world.deployments, revisionKey)),
      settled(deps.clock, informerSource(world.slices, revisionKey)),
      config,
    ],
    concurrency: 16,
    reconcile: (key) => reconcilePodAutoscaler(world, key),
  };
}
