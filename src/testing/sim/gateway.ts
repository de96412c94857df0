import type { EndpointSlice, Service } from "../../api/k8s/types.generated.ts";
import { serviceKind } from "../../api/core/service.ts";
import { endpointSliceKind } from "../../api/discovery/endpoint-slice.ts";
import type { DrainGate } from "../../api/ports/drain.ts";
import type { StatSink } from "../../api/ports/stats.ts";
import type { KindRef } from "../../api/meta/kind.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { ingressKind } from "../../api/networking-internal/ingress.ts";
import { revisionKind } from "../../api/serving/revision.ts";
import type { Informers } from "../../client/types.ts";
import type { GatewayProber } from "../../control/reconcilers/serving/ingress/controller.ts";
import { Dispatchers } from "../../traffic/dispatch/dispatchers.ts";
import { requestIds } from "../../traffic/gateway/request-ids.ts";
import { Router } from "../../traffic/gateway/router.ts";
import { TrafficState, type ObjectChange } from "../../traffic/gateway/traffic-state.ts";
import { Deadlines } from "../../traffic/proxy/deadlines.ts";
import { HeaderList } from "../../traffic/proxy/header-list.ts";
import type { Listener } from "../../traffic/routes/routes.ts";
import type { SimContext } from "./context.ts";
import type { Network } from "./network.ts";
import { SimRequest } from "./request.ts";

export interface SimGatewayOptions {
  readonly context: SimContext;
  readonly informers: Informers;
  readonly network: Network;
  readonly statSink: StatSink;
  /** Stands between the state and the dispatchers; planted defects live here. */
  readonly wrapDispatchers?: (dispatchers: Dispatchers) => Dispatchers;
}

/** The real router, route table, exchanges and dispatchers; only the sockets on both sides are simulated. */
export class SimGateway implements GatewayProber {
  readonly dispatchers: Dispatchers;
  readonly router: Router;
  readonly #state: TrafficState;
  readonly #deadlines: Deadlines;
  readonly #informers: Informers;

  constructor({ context, informers, network, statSink, wrapDispatchers = (same) => same }: SimGatewayOptions) {
    const { clock } = context;
    const random = context.stream("gateway");
    const dial = (target: { readonly address: string; readonly port: number }) => network.dial(target);
    this.dispatchers = wrapDispatchers(new Dispatchers({ gateway: "sim", clock, random, statSink, dial, onGone: () => {} }));
    this.#state = new TrafficState(this.dispatchers);
    this.#deadlines = new Deadlines(clock);
    this.#informers = informers;
    this.router = new Router({
      world: { clock, deadlines: this.#deadlines, pools: { http1: network, h2c: network } },
      routes: this.#state,
      nextId: requestIds(random),
    });
  }

  get drainGate(): DrainGate {
    return this.dispatchers;
  }

  /** Slices and Revisions before Ingresses, as the real gateway does it. */
  async start(): Promise<void> {
    const state = this.#state;
    const begin = [
      this.#follow<EndpointSlice>(endpointSliceKind, (change) => state.onSlice(change)),
      this.#follow<Service>(serviceKind, (change) => state.onService(change)),
      this.#follow(revisionKind, (change) => state.onRevision(change)),
      this.#follow(ingressKind, (change) => state.onIngress(change)),
    ];
    await this.#informers.synced();
    for (const one of begin) one();
  }

  send(listener: Listener, request: SimRequest): void {
    request.exchange = this.router.handle(listener, request);
  }

  /** What an ingress prober would get over HTTP. */
  probe(listener: Listener, host: string): Promise<string | undefined> {
    const headers = HeaderList.of({ "K-Network-Probe": "probe", "K-Network-Hash": "override" });
    const request = new SimRequest({ id: "probe", host, headers });
    this.send(listener, request);
    return Promise.resolve(request.status === 200 ? request.responseHeaders.get("k-network-hash") : undefined);
  }

  dispose(): void {
    this.dispatchers.dispose();
    this.#deadlines.dispose();
  }

  #follow<T extends KubeObject>(kind: KindRef<T>, apply: (change: ObjectChange<T>) => void): () => void {
    const informer = this.#informers.of(kind);
    return () => void informer.subscribe(({ object, type }) => apply({ object, deleted: type === "deleted" }));
  }
}
