/** What an Ingress says, in the form in which requests ask for it. All values are immutable. */

/** One weighted backend of a path. */
export interface SplitRoute {
  /** `namespace/name` of the Service; a Revision's public Service has the Revision's name. */
  readonly backend: string;
  readonly port: number | string;
  readonly percent: number;
  /** Request headers to set: the path's first, the split's over them. */
  readonly setHeaders: readonly (readonly [name: string, value: string])[];
}

export interface PathRoute {
  /** Literal prefix; "" matches all. */
  readonly prefix: string;
  /** Lower-case name and exact value; all must match. */
  readonly headers: readonly (readonly [key: string, value: string])[];
  readonly rewriteHost: string | undefined;
  /** Only splits that get traffic. */
  readonly splits: readonly SplitRoute[];
}

/** Everything that one Ingress says about one host. */
export interface HostRoute {
  readonly host: string;
  /** A ClusterLocal host is unknown to the external listener. */
  readonly clusterLocal: boolean;
  /** httpOption Redirected: plain HTTP on the external listener is sent to https. */
  readonly redirect: boolean;
  /** `namespace/name` of the Secret with the certificate that the Ingress wants to be shown. */
  readonly tlsSecret: string | undefined;
  /** Most specific first. */
  readonly paths: readonly PathRoute[];
  /** Of the whole Ingress; answers the network probe. */
  readonly hash: string;
  /** `creation time/namespace/name`: the oldest Ingress keeps a contested host. */
  readonly precedence: string;
}

export type Listener = "external" | "internal";

/** The host of an authority: lower case, without port and root dot. */
export function hostOf(authority: string): string {
  const closing = authority.lastIndexOf("]");
  const colon = authority.indexOf(":", closing + 1);
  const host = colon < 0 ? authority : authority.slice(0, colon);
  return (host.endsWith(".") ? host.slice(0, -1) : host).toLowerCase();
}

/** What matching needs of a request. */
export interface Matchable {
  /** Path and query. */
  readonly target: string;
  header(key: string): string | undefined;
}

export function matchPath(paths: readonly PathRoute[], request: Matchable): PathRoute | undefined {
  for (const path of paths) if (matches(path, request)) return path;
  return undefined;
}

function matches(path: PathRoute, request: Matchable): boolean {
  if (!request.target.startsWith(path.prefix)) return false;
  for (const [key, value] of path.headers) if (request.header(key) !== value) return false;
  return true;
}
