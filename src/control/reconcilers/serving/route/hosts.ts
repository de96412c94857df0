import { domainFor, type DomainConfig } from "../../../../api/config/domain.ts";
import { renderHost, renderTag, type NetworkConfig } from "../../../../api/config/network.ts";
import type { Route } from "../../../../api/serving/route.ts";
import { CLUSTER_LOCAL, VISIBILITY_LABEL } from "../../../../api/names/labels.ts";
import { CLUSTER_DOMAIN, clusterHost } from "../../../../api/names/serving.ts";
import { publicUrl, type PublicPorts } from "../shared/public-url.ts";

export interface RouteConfig {
  readonly network: NetworkConfig;
  readonly domain: DomainConfig;
  /** A request can name its tag in a header. */
  readonly tagHeader: boolean;
  /** Of the gateway's external listeners, as callers see them. */
  readonly ports: PublicPorts;
}

/** Under which names a route, or one of its tags, is reached. */
export interface Hosts {
  /** The route's name, or what the tag template makes of it. Also the name of its placeholder Service. */
  readonly name: string;
  /** Undefined: reachable from inside only. */
  readonly external: string | undefined;
  readonly url: string;
}

const INSIDE = `svc.${CLUSTER_DOMAIN}`;

/** `isLocal`: somebody labelled this name as cluster-local. */
export function hostsOf(route: Route, tag: string, config: RouteConfig, isLocal: boolean): Hosts {
  const name = nameOf(route, tag, config.network);
  const { namespace = "", labels } = route.metadata;
  const external = isLocal || labels?.[VISIBILITY_LABEL] === CLUSTER_LOCAL ? undefined : externalHost(route, name, config);
  const url =
    external === undefined
      ? `http://${clusterHost(name, namespace)}`
      : publicUrl(config.network.defaultExternalScheme, external, config.ports);
  return { name, external, url };
}

function nameOf(route: Route, tag: string, network: NetworkConfig): string {
  const { name = "" } = route.metadata;
  return tag === "" ? name : (renderTag(network.tagTemplate, name, tag) ?? `${tag}-${name}`);
}

/** Undefined when the domain is that of the inside. */
function externalHost(route: Route, name: string, config: RouteConfig): string | undefined {
  const { namespace = "", labels = {}, annotations = {} } = route.metadata;
  const domain = domainFor(config.domain, labels, INSIDE);
  if (domain === INSIDE) return undefined;
  const values = { Name: name, Namespace: namespace, Domain: domain, Annotations: annotations, Labels: labels };
  return renderHost(config.network.domainTemplate, values) ?? `${name}.${namespace}.${domain}`;
}
