import { NETWORK_CONFIG, parseNetworkConfig } from "../../../../api/config/network.ts";
import { keyOf, type KubeObject } from "../../../../api/meta/object.ts";
import { certificateKind, type Certificate } from "../../../../api/networking-internal/certificate.ts";
import { clusterDomainClaimKind } from "../../../../api/networking-internal/clusterdomainclaim.ts";
import { ingressKind, type Ingress } from "../../../../api/networking-internal/ingress.ts";
import { domainMappingKind } from "../../../../api/serving/domainmapping.ts";
import type { Change } from "../../../../client/types.ts";
import { deepEqual } from "../../../../std/json.ts";
import { indexByController } from "../../../controller/claim.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, childTiming, ECHO_MS, ownerSource, sourcesOf, type Updated } from "../../../controller/sources.ts";
import { Tracker } from "../../../controller/tracker.ts";
import type { Controller } from "../../../controller/types.ts";
import { configReader, configSource } from "../shared/config-reader.ts";
import type { PublicPorts } from "../shared/public-url.ts";
import { observed, reasoned, turned } from "../shared/timing.ts";
import { reconcileDomainMapping, type DomainMappingWorld } from "./reconcile.ts";

const DOMAIN = "domain";

/** `ports`: of the gateway; status.url carries them unless the scheme implies them. */
export function domainMappingController(deps: ControllerDeps, ports: PublicPorts): Controller {
  const { informers } = deps;
  const world: DomainMappingWorld = {
    client: deps.client,
    clock: deps.clock,
    recorder: deps.recorder("domainmapping-controller"),
    tracker: new Tracker(informers, targetTiming),
    informers,
    mappings: informers.of(domainMappingKind),
    claims: informers.of(clusterDomainClaimKind),
    ingresses: informers.of(ingressKind),
    certificates: informers.of(certificateKind),
    ports,
    network: configReader(deps, NETWORK_CONFIG, parseNetworkConfig),
  };
  indexByController(world.certificates);
  world.mappings.addIndex(DOMAIN, ({ metadata }) => [metadata.name ?? ""]);
  /** Whoever waits for a domain hears when it becomes free, and whoever serves it when it is taken away. */
  const claims = changeSource(world.claims, ({ object }) => world.mappings.byIndex(DOMAIN, object.metadata.name ?? "").map(keyOf));
  return {
    name: "domainmapping-controller",
    sources: sourcesOf(
      world.mappings,
      ownerSource(world.ingresses, domainMappingKind, childTiming(ingressTiming)),
      ownerSource(world.certificates, domainMappingKind, childTiming(certificateTiming)),
      claims,
      configSource(deps, [NETWORK_CONFIG], () => world.mappings.list().map(keyOf)),
      world.tracker,
    ),
    reconcile: (key) => reconcileDomainMapping(world, key),
  };
}

type Addressed = KubeObject & { readonly status?: { readonly address?: unknown }; readonly spec?: { readonly ports?: unknown } };

/** Of its target a mapping wants to know whether it is there and where. */
function targetTiming(change: Change<KubeObject>): number {
  if (change.type !== "updated") return 0;
  const place = ({ status, spec }: Addressed) => [status?.address, spec?.ports];
  return deepEqual(place(change.object), place(change.old)) ? ECHO_MS : 0;
}

function ingressTiming(change: Updated<Ingress>): number {
  return turned(change, "Ready") || reasoned(change, "Ready") || observed(change) ? 0 : ECHO_MS;
}

function certificateTiming(change: Updated<Certificate>): number {
  return turned(change, "Ready") || observed(change) ? 0 : ECHO_MS;
}
