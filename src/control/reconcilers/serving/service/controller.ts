import { configurationKind, type Configuration } from "../../../../api/serving/configuration.ts";
import { revisionKind } from "../../../../api/serving/revision.ts";
import { routeKind, type Route } from "../../../../api/serving/route.ts";
import { knativeServiceKind } from "../../../../api/serving/service.ts";
import { SERVICE_LABEL } from "../../../../api/names/labels.ts";
import type { KubeObject } from "../../../../api/meta/object.ts";
import { deepEqual } from "../../../../std/json.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, childTiming, ECHO_MS, informerSource, sourcesOf, SETTLE_MS, type Updated } from "../../../controller/sources.ts";
import type { Controller } from "../../../controller/types.ts";
import { observed, reasoned, turned } from "../shared/timing.ts";
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
    sources: sourcesOf(
      world.services,
      informerSource(world.configurations, undefined, childTiming(configurationTiming)),
      informerSource(world.routes, undefined, childTiming(routeTiming)),
      revisions,
    ),
    concurrency: 16,
    reconcile: (key) => reconcileService(world, key),
  };
}

function serviceOf(object: KubeObject) {
  const name = object.metadata.labels?.[SERVICE_LABEL];
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? "", name }];
}

/** When it is Ready, the Route soon has more to say. Reasons for a wait are the Configuration's own. */
function configurationTiming(change: Updated<Configuration>): number {
  if (turned(change, "Ready")) return change.object.status?.conditions?.some(({ status }) => status === "False") ? 0 : SETTLE_MS;
  const names = ({ status }: Configuration) => `${status?.latestCreatedRevisionName} ${status?.latestReadyRevisionName}`;
  return observed(change) || names(change.object) !== names(change.old) ? SETTLE_MS : ECHO_MS;
}

/** Callers wait for what it says; only its first words come together with the Configuration's. */
function routeTiming(change: Updated<Route>): number {
  if (change.old.status === undefined) return SETTLE_MS;
  if (turned(change, "Ready") || reasoned(change, "Ready")) return 0;
  return isSameTraffic(change) ? ECHO_MS : SETTLE_MS;
}

function isSameTraffic({ object, old }: Updated<Route>): boolean {
  const said = ({ status }: Route) => [status?.observedGeneration, status?.url, status?.address, status?.traffic];
  return deepEqual(said(object), said(old));
}
