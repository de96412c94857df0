import { configurationKind } from "../../../../api/serving/configuration.ts";
import { revisionKind } from "../../../../api/serving/revision.ts";
import { routeKind } from "../../../../api/serving/route.ts";
import { knativeServiceKind } from "../../../../api/serving/service.ts";
import { SERVICE_LABEL } from "../../../../api/names/labels.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, informerSource } from "../../../controller/sources.ts";
import type { Controller } from "../../../controller/types.ts";
import { reconcileService, type ServiceWorld } from "./reconcile.ts";

/** Children have the name of their Service, and so has whatever stands in their way. */
export function serviceController(deps: ControllerDeps): Controller {
  const world: ServiceWorld = {
    client: deps.client,
    clock: deps.clock,
    recorder: deps.recorder("service-controller"),
    services: deps.informers.of(knativeServiceKind),
    configurations: deps.informers.of(configurationKind),
    routes: deps.informers.of(routeKind),
    revisions: deps.informers.of(revisionKind),
  };
  /** A name that the user chose for a revision becomes free, or taken. */
  const revisions = changeSource(world.revisions, ({ type, object }) => (type === "updated" ? [] : serviceOf(object)));
  return {
    name: "service-controller",
    sources: [informerSource(world.services), informerSource(world.configurations), informerSource(world.routes), revisions],
    concurrency: 16,
    reconcile: (key) => reconcileService(world, key),
  };
}

function serviceOf(object: KubeObject) {
  const name = object.metadata.labels?.[SERVICE_LABEL];
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? "", name }];
}
