/** The gateway: listeners in front of the router, fed by informers. */
import type { AddressInfo } from "node:net";
import type { DrainGate } from "../../api/ports/drain.ts";
import type { StatSink } from "../../api/ports/stats.ts";
import type { EndpointSlice, Secret, Service } from "../../api/k8s/types.generated.ts";
import { endpointSliceKind } from "../../api/discovery/endpoint-slice.ts";
import { secretKind } from "../../api/core/secret.ts";
import { serviceKind } from "../../api/core/service.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { ingressKind } from "../../api/networking-internal/ingress.ts";
import { revisionKind } from "../../api/serving/revision.ts";
import type { Informers } from "../../client/types.ts";
import type { KeyPair } from "../../security/certificates.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import { Dispatchers } from "../dispatch/dispatchers.ts";
import { Deadlines } from "../proxy/deadlines.ts";
import type { ProxyWorld } from "../proxy/exchange.ts";
import { defaultHeadLimits } from "../proxy/http1/head.ts";
import { Http1Pool, dial } from "../proxy/http1/upstream-pool.ts";
import { Http2Pool } from "../proxy/http2-pool.ts";
import type { Listener as ListenerName } from "../routes/routes.ts";
import { HostCertificates } from "./host-certificates.ts";
import type { BindAddress, TlsSetup } from "./listener.ts";
import { Listener } from "./listener.ts";
import { requestIds } from "./request-ids.ts";
import { Router } from "./router.ts";
import type { ObjectChange } from "./traffic-state.ts";
import { TrafficState } from "./traffic-state.ts";

export interface GatewayOptions {
  /** Names this gateway in its statistics. */
  readonly name: string;
  /** The caller's; the gateway subscribes and unsubscribes. */
  readonly informers: Informers;
  readonly statSink: StatSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly external: readonly BindAddress[];
  readonly internal: readonly BindAddress[];
  readonly tls?: GatewayTls;
  /** For each listener. */
  readonly maxConnections?: number;
  /** How long requests may go on after disposal began, milliseconds. */
  readonly drainMs?: number;
}

/** HTTPS for the hosts of the external listener. */
export interface GatewayTls {
  readonly addresses: readonly BindAddress[];
  /** For clients that name no routed host. */
  readonly certificate: KeyPair;
  /** Signs a certificate for each routed host. */
  readonly authority: KeyPair;
  /** Where clients reach these addresses, if not at 443. */
  readonly publicPort?: number;
}

export interface Gateway extends AsyncDisposable {
  readonly drainGate: DrainGate;
  readonly addresses: Readonly<Record<ListenerName | "tls", readonly BindAddress[]>>;
}

const HTTPS_PORT = 443;
const MAX_CONNECTIONS = 20_000;
const DRAIN_MS = 8_000;

/** Listens once the first state of the world is in, so that a restart answers no request with a wrong 404. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { clock, random, logger, drainMs = DRAIN_MS } = options;
  const pools = { http1: new Http1Pool(clock), h2c: new Http2Pool(clock) };
  const onGone = (target: { readonly address: string; readonly port: number }) => {
    pools.http1.forget(target);
    pools.h2c.forget(target);
  };
  const dispatchers = new Dispatchers({ gateway: options.name, clock, random, statSink: options.statSink, dial, onGone });
  const state = new TrafficState(dispatchers);
  const subscriptions = await subscribe(options.informers, state);
  const world: ProxyWorld = { clock, deadlines: new Deadlines(clock), pools };
  const nextId = requestIds(random);
  const router = new Router({ world, routes: state, nextId, httpsPort: options.tls?.publicPort ?? HTTPS_PORT });
  const listen = { options, router, nextId };
  const external = await listenAll("external", options.external, listen);
  const internal = await listenAll("internal", options.internal, listen);
  const tls = await listenAll("external", options.tls?.addresses ?? [], { ...listen, tls: tlsSetup(options, state) });
  const addresses = { external: external.addresses, internal: internal.addresses, tls: tls.addresses };
  logger.info("gateway listens", addresses);
  return {
    drainGate: dispatchers,
    addresses,
    async [Symbol.asyncDispose]() {
      await Promise.all([external, internal, tls].flatMap(({ listeners }) => listeners).map((listener) => listener.close(drainMs)));
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      dispatchers.dispose();
      world.deadlines.dispose();
      pools.http1.close();
      pools.h2c.close();
    },
  };
}

interface ListenWorld {
  readonly options: GatewayOptions;
  readonly router: Router;
  readonly nextId: () => string;
  readonly tls?: TlsSetup | undefined;
}

function tlsSetup({ tls, clock, random, logger }: GatewayOptions, routes: TrafficState): TlsSetup | undefined {
  if (tls === undefined) return undefined;
  const isRouted = (host: string) => routes.find("external", host) !== undefined;
  const brought = (host: string) => routes.certificateFor(host);
  const certificates = new HostCertificates({ authority: tls.authority, isRouted, brought, clock, random, logger });
  return { certificate: tls.certificate, contextOf: (name) => certificates.contextOf(name) };
}

async function listenAll(name: ListenerName, wanted: readonly BindAddress[], { options, router, nextId, tls }: ListenWorld) {
  const listeners: Listener[] = [];
  const addresses: BindAddress[] = [];
  for (const address of wanted) {
    const listener = new Listener({
      clock: options.clock,
      limits: defaultHeadLimits,
      maxConnections: options.maxConnections ?? MAX_CONNECTIONS,
      nextId,
      tls,
      handle: (downstream) => router.handle(name, downstream),
    });
    const bound: AddressInfo = await listener.listen(address);
    listeners.push(listener);
    addresses.push({ host: bound.address, port: bound.port });
  }
  return { listeners, addresses };
}

/** Slices, Revisions and Secrets before Ingresses, so that a route never leads to a backend that is merely not read yet. */
async function subscribe(informers: Informers, state: TrafficState): Promise<Disposable[]> {
  const follows = [
    follow<EndpointSlice>(informers, endpointSliceKind, (change) => state.onSlice(change)),
    follow<Service>(informers, serviceKind, (change) => state.onService(change)),
    follow<Secret>(informers, secretKind, (change) => state.onSecret(change)),
    follow(informers, revisionKind, (change) => state.onRevision(change)),
    follow(informers, ingressKind, (change) => state.onIngress(change)),
  ];
  await informers.synced();
  return follows.map((begin) => begin());
}

/** Starts reading at once; the returned function begins to apply. */
function follow<T extends KubeObject>(informers: Informers, kind: KindRef<T>, apply: (change: ObjectChange<T>) => void): () => Disposable {
  const informer = informers.of(kind);
  return () => informer.subscribe(({ object, type }) => apply({ object, deleted: type === "deleted" }));
}
