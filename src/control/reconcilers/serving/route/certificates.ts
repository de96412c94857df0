import { domainFor } from "../../../../api/config/domain.ts";
import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import { ROUTE_LABEL } from "../../../../api/names/labels.ts";
import { markTlsNotForLocal } from "../../../../api/serving/certificate-lifecycle.ts";
import { routeKind, type Route } from "../../../../api/serving/route.ts";
import { adler32 } from "../../../../std/adler32.ts";
import {
  dropCertificates,
  makeCertificate,
  markProvisions,
  provideCertificate,
  schemeOf,
  wantsCertificates,
  type CertificateWorld,
  type Provision,
} from "../shared/certificates.ts";
import { publicUrl } from "../shared/public-url.ts";
import type { RouteConfig } from "./hosts.ts";
import type { NamedHosts } from "./resources/ingress.ts";

/** The names with their certificates: a public one becomes https as soon as its certificate is there. */
export async function secureNames(
  world: CertificateWorld,
  { route, config }: { readonly route: Route; readonly config: RouteConfig },
  names: readonly NamedHosts[],
  conditions: ConditionManager,
): Promise<NamedHosts[]> {
  const isWanted = wantsCertificates(route, config.network);
  const provisions: Provision[] = [];
  const secured: NamedHosts[] = [];
  for (const hosts of names) {
    const provision = isWanted ? await provide(world, route, hosts, config) : undefined;
    secured.push(provision === undefined ? hosts : withCertificate(hosts, provision, config));
    if (provision !== undefined) provisions.push(provision);
  }
  if (provisions.length > 0) markProvisions(conditions, provisions, config.network);
  else if (isWanted) markTlsNotForLocal(conditions);
  await dropCertificates(world, route, new Set(provisions.map(({ name }) => name)));
  return secured;
}

async function provide(world: CertificateWorld, route: Route, hosts: NamedHosts, config: RouteConfig): Promise<Provision | undefined> {
  const certificate = certificateOf(route, hosts, config);
  return certificate === undefined ? undefined : provideCertificate(world, route, certificate);
}

function withCertificate(hosts: NamedHosts, provision: Provision, { network, ports }: RouteConfig): NamedHosts {
  const url = publicUrl(schemeOf(provision, network), hosts.external ?? "", ports);
  return { ...hosts, url, ...(provision.kind === "ready" ? { tls: provision.tls } : {}) };
}

/** Undefined for names that only callers from inside know. */
function certificateOf(route: Route, { tag, external }: NamedHosts, { network, domain }: RouteConfig) {
  if (external === undefined) return undefined;
  const { uid = "", name: routeName = "", labels = {} } = route.metadata;
  const name = tag === "" ? `route-${uid}` : `route-${uid}-${adler32(tag)}`;
  const suffix = domainFor(domain, labels, "");
  const wish = { name, host: external, domain: external.endsWith(suffix) ? suffix : undefined, labels: { [ROUTE_LABEL]: routeName } };
  return makeCertificate(routeKind, route, wish, network);
}
