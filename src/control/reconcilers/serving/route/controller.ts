import { serviceKind } from "../../../../api/core/service.ts";
import { configurationKind, type Configuration } from "../../../../api/serving/configuration.ts";
import { revisionKind } from "../../../../api/serving/revision.ts";
import { routeKind } from "../../../../api/serving/route.ts";
import { certificateKind, type Certificate } from "../../../../api/networking-internal/certificate.ts";
import { ingressKind, type Ingress } from "../../../../api/networking-internal/ingress.ts";
import { DOMAIN_CONFIG, parseDomainConfig } from "../../../../api/config/domain.ts";
import { FEATURES_CONFIG, isEnabled, parseFeaturesConfig } from "../../../../api/config/features.ts";
import { NETWORK_CONFIG, parseNetworkConfig } from "../../../../api/config/network.ts";
import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import type { Change } from "../../../../client/types.ts";
import { indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { childTiming, ECHO_MS, ownerSource, sourcesOf, SETTLE_MS, type Updated } from "../../../controller/sources.ts";
import { Tracker } from "../../../controller/tracker.ts";
import type { Controller } from "../../../controller/types.ts";
import { configReader, configSource } from "../shared/config-reader.ts";
import { observed, reasoned, turned } from "../shared/timing.ts";
import { reconcileRoute, type RouteWorld } from "./reconcile.ts";

export interface RouteControllerOptions {
  /** The port of the gateway's external listener; status.url carries it unless it is 80. */
  readonly externalPort: number;
  /** The same for HTTPS. Default 443. */
  readonly httpsPort?: number;
}

export function routeController(deps: ControllerDeps, { externalPort, httpsPort = 443 }: RouteControllerOptions): Controller {
  const ports = { http: externalPort, https: httpsPort };
  const network = configReader(deps, NETWORK_CONFIG, parseNetworkConfig);
  const domain = configReader(deps, DOMAIN_CONFIG, parseDomainConfig);
  const features = configReader(deps, FEATURES_CONFIG, parseFeaturesConfig);
  const tagHeader = () => isEnabled(features(), "tag-header-based-routing");
  const world: RouteWorld = {
    client: deps.client,
    clock: deps.clock,
    recorder: deps.recorder("route-controller"),
    tracker: new Tracker(deps.informers, targetTiming),
    routes: deps.informers.of(routeKind),
    configurations: deps.informers.of(configurationKind),
    revisions: deps.informers.of(revisionKind),
    ingresses: deps.informers.of(ingressKind),
    services: deps.informers.of(serviceKind),
    certificates: deps.informers.of(certificateKind),
    config: () => ({ network: network(), domain: domain(), tagHeader: tagHeader(), ports }),
  };
  indexByController(world.services);
  indexByController(world.certificates);
  return {
    name: "route-controller",
    sources: sourcesOf(
      world.routes,
      ownerSource(world.ingresses, routeKind, childTiming(ingressTiming)),
      ownerSource(
        world.services,
        routeKind,
        childTiming(() => ECHO_MS),
      ),
      ownerSource(world.certificates, routeKind, childTiming(certificateTiming)),
      configSource(deps, [NETWORK_CONFIG, DOMAIN_CONFIG, FEATURES_CONFIG], () => world.routes.list().map(keyOf)),
      world.tracker,
    ),
    concurrency: 16,
    reconcile: (key) => reconcileRoute(world, key),
  };
}

/** A route follows the latest ready revision, and tells targets that wait from those that have failed. */
function targetTiming(change: Change<KubeObject>): number {
  if (change.type !== "updated") return 0;
  const update = change as Updated<Configuration>; // or of a Revision, which has no latest one
  const isNews = turned(update, "Ready") || update.object.status?.latestReadyRevisionName !== update.old.status?.latestReadyRevisionName;
  if (isNews) return 0;
  return observed(update) ? SETTLE_MS : ECHO_MS;
}

function ingressTiming(change: Updated<Ingress>): number {
  return turned(change, "Ready") || reasoned(change, "Ready") || observed(change) ? 0 : ECHO_MS;
}

function certificateTiming(change: Updated<Certificate>): number {
  return turned(change, "Ready") || observed(change) ? 0 : ECHO_MS;
}
