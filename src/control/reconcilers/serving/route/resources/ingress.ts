import { ingressKind, type Ingress, type IngressRule, type IngressSplit } from "../../../../../api/networking-internal/ingress.ts";
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
import { clusterHost, expandedClusterHosts } from "../../../../../api/names/serving.ts";
import { controllerRef } from "../../../../controller/owners.ts";
import { without } from "../../shared/metadata.ts";
import type { Hosts } from "../hosts.ts";
import { splitsOf, type ResolvedTarget } from "../traffic.ts";

/** One name of the route with the tag that it stands for. */
export interface NamedHosts extends Hosts {
  readonly tag: string;
}

const TAG_TO_HOST_ANNOTATION = `${NETWORKING_INTERNAL}/tag-to-host`;
const SERVICE_PORT = 80;

/** The Ingress of a route: for each name a rule for callers from inside, and one for those from outside. */
export function makeIngress(
  route: Route,
  targets: readonly ResolvedTarget[],
  names: readonly NamedHosts[],
  network: NetworkConfig,
): Ingress {
  const { name = "", namespace = "", labels } = route.metadata;
  return {
    apiVersion: apiVersionOf(ingressKind),
    kind: ingressKind.kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, [ROUTE_LABEL]: name, [ROUTE_NAMESPACE_LABEL]: namespace },
      annotations: makeAnnotations(route, targets, names, network),
      ownerReferences: [controllerRef(routeKind, route)],
    },
    spec: {
      httpOption: "Enabled",
      rules: names.flatMap((hosts) => makeRules(namespace, hosts, makeSplits(namespace, targets, hosts.tag))),
    },
  };
}

export function alignIngress(existing: Ingress, desired: Ingress): Ingress {
  const { labels, annotations } = desired.metadata;
  return { ...existing, metadata: { ...existing.metadata, labels, annotations }, spec: desired.spec };
}

function makeAnnotations(
  route: Route,
  targets: readonly ResolvedTarget[],
  names: readonly NamedHosts[],
  network: NetworkConfig,
): Record<string, string> {
  const { annotations } = route.metadata;
  const dropped = [LAST_APPLIED_ANNOTATION, ROLLOUT_DURATION_ANNOTATION, ROLLOUT_DURATION_OLD_ANNOTATION, INGRESS_CLASS_ANNOTATION];
  return {
    ...without(annotations, ...dropped),
    [INGRESS_CLASS_OLD_ANNOTATION]:
      annotations?.[INGRESS_CLASS_ANNOTATION] ?? annotations?.[INGRESS_CLASS_OLD_ANNOTATION] ?? network.ingressClass,
    [ROLLOUT_STATE_ANNOTATION]: rolloutState(targets),
    ...tagToHost(route, names),
  };
}

/** Where each followed Configuration's traffic is, in the form that upstream keeps its gradual rollout in. */
function rolloutState(targets: readonly ResolvedTarget[]): string {
  const followed = targets.filter(({ configurationName }) => configurationName !== undefined);
  const whole = followed
    .filter(({ percent }) => percent > 0)
    .map(({ configurationName, revisionName, percent }) => step(configurationName, undefined, revisionName, percent));
  const tagged = followed
    .filter(({ tag }) => tag !== "")
    .map(({ configurationName, tag, revisionName }) => step(configurationName, tag, revisionName, 100));
  const configurations = [...whole, ...tagged];
  return JSON.stringify(configurations.length === 0 ? {} : { configurations });
}

function step(configurationName: string | undefined, tag: string | undefined, revisionName: string, percent: number): object {
  return { configurationName, tag, percent, revisions: [{ revisionName, percent }], stepParams: {} };
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

function makeRules(namespace: string, { name, external }: Hosts, splits: IngressSplit[]): IngressRule[] {
  const inside: IngressRule = {
    hosts: expandedClusterHosts(name, namespace),
    http: { paths: [{ splits }] },
    visibility: "ClusterLocal",
  };
  if (external === undefined) return [inside];
  return [inside, { hosts: [external], http: { paths: [{ splits }] }, visibility: "ExternalIP" }];
}

function makeSplits(namespace: string, targets: readonly ResolvedTarget[], tag: string): IngressSplit[] {
  return splitsOf(targets, tag).map(({ revisionName, percent }) => ({
    appendHeaders: { "Knative-Serving-Namespace": namespace, "Knative-Serving-Revision": revisionName },
    percent,
    serviceName: revisionName,
    serviceNamespace: namespace,
    servicePort: SERVICE_PORT,
  }));
}
