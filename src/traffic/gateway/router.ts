/** From a request to the exchange that serves it: probe, host, path, split, backend. */
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import { WeightedRoundRobin } from "../dispatch/weighted.ts";
import type { ForwardRules } from "../proxy/forward-headers.ts";
import { Exchange } from "../proxy/exchange.ts";
import type { ProxyWorld } from "../proxy/exchange.ts";
import { gatewayErrors, sendError, sendWhole } from "../proxy/gateway-error.ts";
import { HeaderList } from "../proxy/header-list.ts";
import type { Downstream, DownstreamEvents } from "../proxy/message.ts";
import type { HostRoute, Listener, PathRoute, SplitRoute } from "../routes/routes.ts";
import { hostOf, matchPath } from "../routes/routes.ts";
import { answerProbe } from "./probe.ts";

/** What the router looks things up in. */
export interface RouteSource {
  find(listener: Listener, host: string): HostRoute | undefined;
  /** The dispatcher of a split's backend. */
  backend(split: SplitRoute): Dispatcher;
  /** Whether the backend is a Service in front of another route: its traffic goes by Host. */
  isAlias(split: SplitRoute): boolean;
}

export interface RouterOptions {
  readonly world: ProxyWorld;
  readonly routes: RouteSource;
  /** For requests that bring no id. */
  readonly nextId: () => string;
  /** Where clients find the hosts over HTTPS. Default 443. */
  readonly httpsPort?: number;
}

const HTTPS_PORT = 443;

/** A DomainMapping leads to a Route's host, which leads to Revisions: one step from host to host is enough. */
const MAX_ALIAS_STEPS = 2;

export class Router {
  readonly #world: ProxyWorld;
  readonly #routes: RouteSource;
  /** The turn of each split is kept with the path, so a table that changes elsewhere does not start it anew. */
  readonly #turns = new WeakMap<PathRoute, WeightedRoundRobin>();
  readonly #nextId: () => string;
  /** Behind a host: empty, or a colon and the port. */
  readonly #httpsSuffix: string;

  constructor({ world, routes, nextId, httpsPort = HTTPS_PORT }: RouterOptions) {
    this.#world = world;
    this.#routes = routes;
    this.#nextId = nextId;
    this.#httpsSuffix = httpsPort === HTTPS_PORT ? "" : `:${httpsPort}`;
  }

  handle(listener: Listener, downstream: Downstream): DownstreamEvents | undefined {
    const { request } = downstream;
    const id = request.headers.get("x-request-id") ?? this.#nextId();
    const route = this.#routes.find(listener, hostOf(request.authority));
    const probe = request.headers.get("k-network-probe");
    if (probe !== undefined) return this.#probe(downstream, route, probe);
    if (route === undefined) return sendError(downstream, gatewayErrors.noRoute, id);
    if (route.redirect && listener === "external" && downstream.scheme === "http") return redirect(downstream, this.#httpsSuffix);
    return this.#forward(downstream, route, id);
  }

  #forward(downstream: Downstream, route: HostRoute, requestId: string): DownstreamEvents | undefined {
    const found = this.#resolve(downstream, route);
    if (found === undefined) return sendError(downstream, gatewayErrors.noRoute, requestId);
    const { peer, scheme } = downstream;
    const rules: ForwardRules = { rewriteHost: found.rewriteHost, setHeaders: found.setHeaders, peer, scheme, requestId };
    const exchange = new Exchange(this.#world, downstream, { dispatcher: this.#routes.backend(found.split), rules });
    exchange.start();
    return exchange;
  }

  /** Follows the route, through an alias if there is one, to a backend with instances of its own. */
  #resolve(downstream: Downstream, first: HostRoute) {
    const { headers, target } = downstream.request;
    const matchable = { target: target === "*" ? "/" : target, header: (key: string) => headers.get(key) };
    let route: HostRoute | undefined = first;
    let setHeaders: SplitRoute["setHeaders"] = [];
    let rewriteHost: string | undefined;
    for (let step = 0; route !== undefined && step < MAX_ALIAS_STEPS; step++) {
      const path = matchPath(route.paths, matchable);
      const split = path === undefined ? undefined : this.#split(path);
      if (path === undefined || split === undefined) return undefined;
      setHeaders = setHeaders.length === 0 ? split.setHeaders : [...setHeaders, ...split.setHeaders];
      rewriteHost = path.rewriteHost ?? rewriteHost;
      if (!this.#isAlias(path, split)) return { split, setHeaders, rewriteHost };
      route = this.#routes.find("internal", hostOf(path.rewriteHost ?? ""));
    }
    return undefined;
  }

  #split(path: PathRoute): SplitRoute | undefined {
    if (path.splits.length <= 1) return path.splits[0];
    let turns = this.#turns.get(path);
    if (turns === undefined) {
      turns = new WeightedRoundRobin(path.splits.map((split) => split.percent));
      this.#turns.set(path, turns);
    }
    return path.splits[turns.next()];
  }

  #probe(downstream: Downstream, route: HostRoute | undefined, probe: string): undefined {
    const backends = (route?.paths ?? []).flatMap((path) =>
      path.splits.filter((split) => !this.#isAlias(path, split)).map((split) => this.#routes.backend(split)),
    );
    const known = () => backends.every((backend) => backend.settings.kind !== "unknown");
    const ready = () => backends.some((backend) => backend.hasReadyInstance);
    const hash = downstream.request.headers.get("k-network-hash");
    const answer = answerProbe({ probe, hash, route, known, ready });
    sendWhole(downstream, answer.status, answer.headers, answer.body);
  }

  #isAlias(path: PathRoute, split: SplitRoute): boolean {
    return path.rewriteHost !== undefined && this.#routes.isAlias(split);
  }
}

function redirect(downstream: Downstream, portSuffix: string): undefined {
  const { authority, target } = downstream.request;
  const headers = HeaderList.of({ Location: `https://${hostOf(authority)}${portSuffix}${target}`, "Content-Length": "0" });
  sendWhole(downstream, 301, headers, Buffer.alloc(0));
}
