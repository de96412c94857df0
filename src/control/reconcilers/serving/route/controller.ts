import { serviceKind } from "../../../../api/core/service.ts";
import { configurationKind } from "../../../../api/serving/configuration.ts";
import { revisionKind } from "../../../../api/serving/revision.ts";
import { routeKind } from "../../../../api/serving/route.ts";
import { ingressKind } from "../../../../api/networking-internal/ingress.ts";
import { DOMAIN_CONFIG, parseDomainConfig } from "../../../../api/config/domain.ts";
import { NETWORK_CONFIG, parseNetworkConfig } from "../../../../api/config/network.ts";
import { keyOf } from "../../../../api/meta/object.ts";
import { indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { informerSource, ownerSource } from "../../../controller/sources.ts";
import { Tracker } from "../../../controller/tracker.ts";
import type { Controller } from "../../../controller/types.ts";
import { configReader, configSource } from "../shared/config-reader.ts";
import { reconcileRoute, type RouteWorld } from "./reconcile.ts";

export interface RouteControllerOptions {
  /** The port of the gateway's external listener; status.url carries it unless it is 80. */
  readonly externalPort: number;
}

export function routeController(deps: ControllerDeps, { externalPort }: RouteControllerOptions): Controller {
  const network = configReader(deps, NETWORK_CONFIG, parseNetworkConfig);
  const domain = configReader(deps, DOMAIN_CONFIG, parseDomainConfig);
  const world: RouteWorld = {
    client: deps.client,
    clock: deps.clock,
    recorder: deps.recorder("route-controller"),
    tracker: new Tracker(deps.informers),
    routes: deps.informers.of(routeKind),
    configurations: deps.informers.of(configurationKind),
    revisions: deps.informers.of(revisionKind),
    ingresses: deps.informers.of(ingressKind),
    services: deps.informers.of(serviceKind),
    config: () => ({ network: network(), domain: domain(), externalPort }),
  };
  indexByController(world.services);
  return {
    name: "route-controller",
    sources: [
      informerSource(world.routes),
      ownerSource(world.ingresses, routeKind),
      ownerSource(world.services, routeKind),
      configSource(deps, [NETWORK_CONFIG, DOMAIN_CONFIG], () => world.routes.list().map(keyOf)),
      world.tracker,
    ],
    concurrency: 16,
    reconcile: (key) => reconcileRoute(world, key),
  };
}
