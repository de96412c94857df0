import type { HostRoute, Listener } from "./routes.ts";

/**
 * Host to routes, for both listeners. Entries are immutable and all hosts of an Ingress change within one synchronous
 * step, so no request sees half of a change, and a change costs the size of one Ingress, not of the table.
 */
export class RouteTable {
  readonly #external = new Map<string, readonly HostRoute[]>();
  readonly #internal = new Map<string, readonly HostRoute[]>();
  readonly #byOwner = new Map<string, readonly HostRoute[]>();

  /** Replaces what `owner` (namespace/name of an Ingress) said before; no routes removes it. */
  apply(owner: string, routes: readonly HostRoute[]): void {
    for (const route of this.#byOwner.get(owner) ?? []) this.#tablesOf(route).forEach((table) => withdraw(table, route));
    for (const route of routes) this.#tablesOf(route).forEach((table) => claim(table, route));
    if (routes.length === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, routes);
  }

  /** `host` without port, lower case. */
  find(listener: Listener, host: string): HostRoute | undefined {
    return (listener === "external" ? this.#external : this.#internal).get(host)?.[0];
  }

  get hosts(): number {
    return this.#internal.size;
  }

  /** The internal listener serves every host, the external one only public hosts. */
  #tablesOf(route: HostRoute) {
    return route.clusterLocal ? [this.#internal] : [this.#internal, this.#external];
  }
}

function claim(table: Map<string, readonly HostRoute[]>, route: HostRoute): void {
  const claims = [...(table.get(route.host) ?? []), route];
  table.set(
    route.host,
    claims.toSorted((a, b) => (a.precedence < b.precedence ? -1 : a.precedence > b.precedence ? 1 : 0)),
  );
}

function withdraw(table: Map<string, readonly HostRoute[]>, route: HostRoute): void {
  const rest = (table.get(route.host) ?? []).filter((other) => other !== route);
  if (rest.length === 0) table.delete(route.host);
  else table.set(route.host, rest);
}
