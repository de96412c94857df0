import { endpointSliceKind } from "../../api/discovery/endpoint-slice.ts";
import { serviceKind } from "../../api/core/service.ts";
import type { EndpointSlice, Service } from "../../api/k8s/types.generated.ts";
import type { Informer, Informers } from "../../client/types.ts";
import type { Random } from "../../std/random.ts";
import type { Locate } from "../delivery/sender.ts";

const CLUSTER = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?$/;
const SERVICE_NAME_LABEL = "kubernetes.io/service-name";
/** An ExternalName may lead to another. */
const MAX_HOPS = 4;

/** Finds hosts of the cluster by its Services, as a resolver and kube-proxy would; others are left to the system. */
export function clusterLocator(informers: Informers, random: Random): Locate {
  const services = informers.of(serviceKind);
  const slices = informers.of(endpointSliceKind);
  slices.addIndex("service", ({ metadata: { namespace, labels } }) => [`${namespace}/${labels?.[SERVICE_NAME_LABEL] ?? ""}`]);
  return ({ hostname, port, protocol }) => {
    const asked = Number(port || (protocol === "https:" ? 443 : 80));
    if (hostname === "localhost" || hostname.endsWith(".localhost")) return { kind: "at", host: "127.0.0.1", port: asked };
    if (!CLUSTER.test(hostname)) return { kind: "at", host: hostname.replace(/^\[|\]$/g, ""), port: asked };
    return inCluster({ services, slices, random }, hostname, asked);
  };
}

interface Cluster {
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
  readonly random: Random;
}

function inCluster(cluster: Cluster, hostname: string, asked: number): ReturnType<Locate> {
  let host = hostname;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const [, name = "", namespace = ""] = CLUSTER.exec(host) ?? [];
    const service = cluster.services.get({ namespace, name });
    if (service === undefined) return { kind: "unknown", message: `there is no Service ${namespace}/${name}` };
    if (service.spec?.type !== "ExternalName") return endpointOf(cluster, service, asked);
    host = service.spec.externalName ?? "";
    if (!CLUSTER.test(host)) return { kind: "at", host, port: asked };
  }
  return { kind: "unknown", message: `${hostname} leads to ExternalNames without end` };
}

function endpointOf({ slices, random }: Cluster, { metadata, spec }: Service, asked: number): ReturnType<Locate> {
  const where = `${metadata.namespace}/${metadata.name}`;
  const port = spec?.ports?.find((one) => one.port === asked);
  if (port === undefined) return { kind: "unknown", message: `Service ${where} has no port ${asked}` };
  const places = slices.byIndex("service", where).flatMap((slice) => placesOf(slice, port.name));
  const place = places[Math.floor(random() * places.length)];
  return place === undefined ? { kind: "unknown", message: `Service ${where} has no ready endpoint` } : { kind: "at", ...place };
}

function placesOf({ endpoints, ports = [] }: EndpointSlice, portName: string | undefined): { host: string; port: number }[] {
  const named = ports.find(({ name }) => (name ?? "") === (portName ?? "")) ?? (ports.length === 1 ? ports[0] : undefined);
  const port = named?.port;
  if (port === undefined) return [];
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
  return ready.flatMap(({ addresses: [host] }) => (host === undefined ? [] : [{ host, port }]));
}
