import type { Ingress, IngressPath, IngressRule, IngressSplit } from "../../api/networking-internal/ingress.ts";
import { ingressHash } from "../../api/networking-internal/ingress-hash.ts";
import { tlsSecretOf } from "../../api/networking-internal/ingress-tls.ts";
import { formatKey } from "../../api/meta/object.ts";
import { INGRESS_CLASS } from "../../api/names/kinetic.ts";
import { INGRESS_CLASS_ANNOTATION, INGRESS_CLASS_OLD_ANNOTATION } from "../../api/names/labels.ts";
import type { HostRoute, PathRoute, SplitRoute } from "./routes.ts";

/** Whether this gateway serves the Ingress. One without class belongs to nobody. */
export function isOurs(ingress: Ingress): boolean {
  const annotations = ingress.metadata.annotations ?? {};
  return (annotations[INGRESS_CLASS_ANNOTATION] ?? annotations[INGRESS_CLASS_OLD_ANNOTATION]) === INGRESS_CLASS;
}

/** The routes of one Ingress, by host. An Ingress that is not ours has none. */
export function projectIngress(ingress: Ingress): readonly HostRoute[] {
  if (!isOurs(ingress)) return [];
  const { creationTimestamp = "", namespace = "", name = "" } = ingress.metadata;
  const common = {
    redirect: ingress.spec?.httpOption === "Redirected",
    hash: ingressHash(ingress),
    precedence: `${creationTimestamp}/${namespace}/${name}`,
  };
  const secretOf = (host: string) => {
    const key = tlsSecretOf(ingress, host);
    return key === undefined ? undefined : formatKey(key);
  };
  const routes = (ingress.spec?.rules ?? []).flatMap((rule) => projectRule(rule, common));
  return routes.map((route) => ({ ...route, tlsSecret: secretOf(route.host) }));
}

function projectRule(rule: IngressRule, common: Pick<HostRoute, "redirect" | "hash" | "precedence">): Omit<HostRoute, "tlsSecret">[] {
  const paths = (rule.http?.paths ?? []).map(projectPath).toSorted(moreSpecific);
  const clusterLocal = rule.visibility === "ClusterLocal";
  return (rule.hosts ?? []).map((host) => ({ host: host.toLowerCase(), clusterLocal, paths, ...common }));
}

/** Longest prefix first, then more headers; equals keep the listed order, because the sort is stable. */
function moreSpecific(a: PathRoute, b: PathRoute): number {
  return b.prefix.length - a.prefix.length || b.headers.length - a.headers.length;
}

function projectPath(path: IngressPath): PathRoute {
  const prefix = path.path ?? "";
  return {
    prefix: prefix === "/" ? "" : prefix,
    headers: Object.entries(path.headers ?? {}).map(([name, match]) => [name.toLowerCase(), match.exact]),
    rewriteHost: path.rewriteHost || undefined,
    splits: path.splits.map((split) => projectSplit(path, split)).filter((split) => split.percent > 0),
  };
}

function projectSplit(path: IngressPath, split: IngressSplit): SplitRoute {
  const set = new Map<string, readonly [string, string]>();
  for (const fields of [path.appendHeaders, split.appendHeaders]) {
    for (const [name, value] of Object.entries(fields ?? {})) set.set(name.toLowerCase(), [name, value]);
  }
  return {
    backend: `${split.serviceNamespace}/${split.serviceName}`,
    port: split.servicePort,
    percent: split.percent || (path.splits.length === 1 ? 100 : 0),
    setHeaders: [...set.values()],
  };
}
