import { leaseKind } from "../../api/coordination/lease.ts";
import { configMapKind } from "../../api/core/config-map.ts";
import { serviceKind } from "../../api/core/service.ts";
import { domainFor, parseDomainConfig, DOMAIN_CONFIG } from "../../api/config/domain.ts";
import { endpointSliceKind } from "../../api/discovery/endpoint-slice.ts";
import type { EndpointSlice, Lease, OwnerReference, Service } from "../../api/k8s/types.generated.ts";
import { apiVersionOf, type KindRef } from "../../api/meta/kind.ts";
import { isConflict } from "../../api/meta/errors.ts";
import { keyOf, type KubeObject } from "../../api/meta/object.ts";
import { EXPIRES_LABEL, INGRESS_CLASS, SERVING_NAMESPACE } from "../../api/names/kinetic.ts";
import { INGRESS_CLASS_OLD_ANNOTATION } from "../../api/names/labels.ts";
import { EXTERNAL_GATEWAY } from "../../api/names/services.ts";
import { ingressKind, type Ingress } from "../../api/networking-internal/ingress.ts";
import type { Client } from "../../client/types.ts";
import { delay } from "../../std/abort.ts";
import { rfc3339Micro, type Clock } from "../../std/clock.ts";

const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

export interface JoinOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly namespace: string;
  /** Of the function; the route is that of `NAME-dev`, so that a deployed one keeps its own. */
  readonly name: string;
  /** Of the dev proxy, on loopback. */
  readonly port: number;
  /** Who holds the Lease, for people. */
  readonly holder: string;
}

/** A route of the platform to a process of this machine. */
export interface Joined {
  readonly url: string;
  /** Keeps the route until the signal aborts, then takes it away. */
  hold(signal: AbortSignal): Promise<void>;
}

/** A command that was killed leaves its route for as long as this. */
const LEASE_SECONDS = 15;
const RENEW_MS = 5_000;
const HTTP_PORT = 80;

/** Makes the route with objects that every client can see: Lease -> Service, EndpointSlice, Ingress. */
export async function joinGateway(options: JoinOptions): Promise<Joined> {
  const { client, namespace } = options;
  const name = `${options.name}-dev`;
  const domain = await domainOf(client);
  const lease = await put(client, leaseKind, makeLease(options, name));
  const owner: OwnerReference = { apiVersion: apiVersionOf(leaseKind), kind: leaseKind.kind, name, uid: lease.metadata.uid ?? "" };
  const place = { namespace, name, owner };
  await put(client, serviceKind, makeService(place));
  await put(client, endpointSliceKind, makeSlice(place, options.port));
  await put(client, ingressKind, makeIngress(place, domain));
  const port = await gatewayPort(client);
  const url = `http://${name}.${namespace}.${domain}${port === undefined || port === HTTP_PORT ? "" : `:${port}`}`;
  return { url, hold: (signal) => hold(options, name, signal) };
}

interface Place {
  readonly namespace: string;
  readonly name: string;
  readonly owner: OwnerReference;
}

function makeLease({ clock, namespace, holder }: JoinOptions, name: string): Lease {
  const now = rfc3339Micro(clock.now());
  return {
    metadata: { namespace, name, labels: { [EXPIRES_LABEL]: "true" } },
    spec: { holderIdentity: holder, leaseDurationSeconds: LEASE_SECONDS, acquireTime: now, renewTime: now },
  };
}

/** Without selector: its one endpoint is the process here. */
function makeService({ namespace, name, owner }: Place): Service {
  return {
    metadata: { namespace, name, ownerReferences: [owner] },
    spec: { ports: [{ name: "http", port: HTTP_PORT, protocol: "TCP" }] },
  };
}

function makeSlice({ namespace, name, owner }: Place, port: number): EndpointSlice {
  return {
    metadata: { namespace, name, ownerReferences: [owner], labels: { [SERVICE_NAME_LABEL]: name } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true } }],
    ports: [{ name: "http", port, protocol: "TCP" }],
  };
}

function makeIngress({ namespace, name, owner }: Place, domain: string): Ingress {
  const paths = [{ splits: [{ serviceName: name, serviceNamespace: namespace, servicePort: HTTP_PORT, percent: 100 }] }];
  return {
    apiVersion: apiVersionOf(ingressKind),
    kind: ingressKind.kind,
    metadata: { namespace, name, ownerReferences: [owner], annotations: { [INGRESS_CLASS_OLD_ANNOTATION]: INGRESS_CLASS } },
    spec: {
      httpOption: "Enabled",
      rules: [
        { hosts: [`${name}.${namespace}.${domain}`], visibility: "ExternalIP", http: { paths } },
        { hosts: [`${name}.${namespace}.svc.cluster.local`], visibility: "ClusterLocal", http: { paths } },
      ],
    },
  } as Ingress;
}

/** What an earlier run of the same command left is taken over. */
async function put<T extends KubeObject>(client: Client, kind: KindRef<T>, object: T): Promise<T> {
  for (;;) {
    const existing = await client.get(kind, keyOf(object));
    if (existing === undefined) return client.create(kind, object);
    const { resourceVersion, uid } = existing.metadata;
    const spec = kind.kind === serviceKind.kind ? { spec: (existing as unknown as Service).spec } : {};
    try {
      return await client.update(kind, { ...object, ...spec, metadata: { ...object.metadata, resourceVersion, uid } } as T);
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}

async function domainOf(client: Client): Promise<string> {
  const map = await client.get(configMapKind, { namespace: SERVING_NAMESPACE, name: DOMAIN_CONFIG });
  return domainFor(parseDomainConfig(map?.data), {}, "localhost");
}

/** Where the gateway listens on this machine. */
async function gatewayPort(client: Client): Promise<number | undefined> {
  const labelSelector = `${SERVICE_NAME_LABEL}=${EXTERNAL_GATEWAY.name}`;
  const { items } = await client.list<EndpointSlice>(endpointSliceKind, { namespace: SERVING_NAMESPACE, labelSelector });
  return items.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === "http")?.port;
}

async function hold({ client, clock, namespace }: JoinOptions, name: string, signal: AbortSignal): Promise<void> {
  const key = { namespace, name };
  try {
    for (;;) {
      await delay(clock, RENEW_MS, signal);
      await client.patch(leaseKind, key, { type: "merge", body: { spec: { renewTime: rfc3339Micro(clock.now()) } } });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await client.delete(leaseKind, key, { propagationPolicy: "Background" });
  }
}
