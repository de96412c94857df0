import {
  ingressKind,
  type Ingress,
  type IngressPath,
  type IngressRule,
  type IngressSplit,
  type IngressTls,
} from "../../../../../api/networking-internal/ingress.ts";
import { routeKind, type Route } from "../../../../../api/serving/route.ts";
import type { NetworkConfig } from "../../../../../api/config/network.ts";
import { apiVersionOf } from "../../../../../api/meta/kind.ts";
import {
  INGRESS_CLASS_ANNOTATION,
  INGRESS_CLASS_OLD_ANNOTATION,
  LAST_APPLIED_ANNOTATION,
  NETWORKING_INTERNAL,
  ROLLOUT_DURATION_ANNOTATION,
  ROLLOUT_DURATION_OLD_ANNOTATION,
  ROLLOUT_STATE_ANNOTATION,
  ROUTE_LABEL,
  ROUTE_NAMESPACE_LABEL,
} from "../../../../../api/names/labels.ts";
import { INGRESS_CLASS } from "../../../../../api/names/kinetic.ts";
import { INTERNAL_GATEWAY } from "../../../../../api/names/services.ts";
import { clusterHost, expandedClusterHosts } from "../../../../../api/names/serving.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { httpOptionOf, ingressClassOf } from "../../shared/ingress.ts";
import { without } from "../../shared/metadata.ts";
import type { Hosts, RouteConfig } from "../hosts.ts";
import { formatRollout, type Rollout } from "../rollout.ts";
import { splitsOf, type ResolvedTarget } from "../traffic.ts";

/** One name of the route with the tag that it stands for. */
export interface NamedHosts extends Hosts {
  readonly tag: string;
  /** The certificate of the external one. */
  readonly tls?: IngressTls;
}

const TAG_TO_HOST_ANNOTATION = `${NETWORKING_INTERNAL}/tag-to-host`;
const SERVICE_PORT = 80;
const TAG_HEADER = "Knative-Serving-Tag";
const DEFAULT_ROUTE_HEADER = "Knative-Serving-Default-Route";

/** What the names of a route lead to. */
export interface Traffic {
  readonly targets: readonly ResolvedTarget[];
  /** How far the targets that follow a Configuration have got. */
  readonly rollout: Rollout;
}

/** The Ingress of a route: for each name a rule for callers from inside, and one for those from outside. */
export function makeIngress(route: Route, traffic: Traffic, names: readonly NamedHosts[], config: RouteConfig): Ingress {
  const { name = "", namespace = "", labels } = route.metadata;
  const splits = (tag: string) => makeSplits(namespace, traffic, tag);
  const tags = names.map(({ tag }) => tag).filter((tag) => tag !== "");
  const isPublic = names.some(({ external }) => external !== undefined);
  const tls = names.flatMap((hosts) => hosts.tls ?? []);
  const makePaths = (tag: string) => (config.tagHeader ? taggedPaths(tag, tags, splits) : [{ splits: splits(tag) }]);
  return {
    apiVersion: apiVersionOf(ingressKind),
    kind: ingressKind.kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, [ROUTE_LABEL]: name, [ROUTE_NAMESPACE_LABEL]: namespace },
      annotations: makeAnnotations(route, traffic.rollout, names, config.network),
      ownerReferences: [controllerRef(routeKind, route)],
    },
    spec: {
      httpOption: isPublic ? httpOptionOf(route, config.network) : "Enabled",
      ...(tls.length === 0 ? {} : { tls }),
      rules: names.flatMap((hosts) => makeRules(namespace, hosts, makePaths(hosts.tag))),
    },
  };
}

/** Where the gateway's internal side is: the Ingress tells, and of our own gateway it is known before. */
export function gatewayOf(route: Route, ingress: Ingress | undefined, network: NetworkConfig): string | undefined {
  const told = ingress?.status?.privateLoadBalancer?.ingress?.[0]?.domainInternal;
  return told ?? (ingressClassOf(route, network) === INGRESS_CLASS ? INTERNAL_GATEWAY.host : undefined);
}

function makeAnnotations(route: Route, rollout: Rollout, names: readonly NamedHosts[], network: NetworkConfig): Record<string, string> {
  const { annotations } = route.metadata;
  const dropped = [LAST_APPLIED_ANNOTATION, ROLLOUT_DURATION_ANNOTATION, ROLLOUT_DURATION_OLD_ANNOTATION, INGRESS_CLASS_ANNOTATION];
  return {
    ...without(annotations, ...dropped),
    [INGRESS_CLASS_OLD_ANNOTATION]: ingressClassOf(route, network),
    [ROLLOUT_STATE_ANNOTATION]: formatRollout(rollout),
    ...tagToHost(route, names),
  };
}

function tagToHost(route: Route, names: readonly NamedHosts[]): Record<string, string> {
  const tagged = names.filter(({ tag }) => tag !== "");
  if (tagged.length === 0) return {};
  const { namespace = "" } = route.metadata;
  const hosts = tagged.map(({ tag, name, external }) => [
    tag,
    [clusterHost(name, namespace), ...(external === undefined ? [] : [external])],
  ]);
  return { [TAG_TO_HOST_ANNOTATION]: JSON.stringify(Object.fromEntries(hosts)) };
}

function makeRules(namespace: string, { name, external }: Hosts, paths: IngressPath[]): IngressRule[] {
  const inside: IngressRule = {
    hosts: expandedClusterHosts(name, namespace),
    http: { paths },
    visibility: "ClusterLocal",
  };
  if (external === undefined) return [inside];
  return [inside, { hosts: [external], http: { paths }, visibility: "ExternalIP" }];
}

/** The route's own name serves each tag to requests that name it; the name of a tag says which it is. */
function taggedPaths(tag: string, tags: readonly string[], splits: (tag: string) => IngressSplit[]): IngressPath[] {
  if (tag !== "") return [{ appendHeaders: { [TAG_HEADER]: tag }, splits: splits(tag) }];
  const byHeader = tags.map((one) => ({ headers: { [TAG_HEADER]: { exact: one } }, splits: splits(one) }));
  return [...byHeader, { appendHeaders: { [DEFAULT_ROUTE_HEADER]: "true" }, splits: splits("") }];
}

function makeSplits(namespace: string, { targets, rollout }: Traffic, tag: string): IngressSplit[] {
  return splitsOf(targets, rollout, tag).map(({ revisionName, percent }) => ({
    appendHeaders: { "Knative-Serving-Namespace": namespace, "Knative-Serving-Revision": revisionName },
    percent,
    serviceName: revisionName,
    serviceNamespace: namespace,
    servicePort: SERVICE_PORT,
  }));
}
