/**
 * Guards against DNS rebinding: a page of another site whose name was pointed at us must not reach the API with the
 * credentials of the browser's user.
 */

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i;
const IN_CLUSTER = /^kubernetes(\.default(\.svc(\.cluster\.local)?)?)?$/i;

/** Why a request is refused, or undefined. `served` are further names and addresses of ours. */
export function rebindingProblem(
  headers: { host: string | undefined; origin: string | undefined },
  served: readonly string[],
): string | undefined {
  const { host, origin } = headers;
  if (host === undefined || !isOurs(hostName(host), served)) {
    return `the Host header ${JSON.stringify(host ?? "")} is not a name of this server`;
  }
  if (origin === undefined || origin === "null") return origin === undefined ? undefined : "requests of opaque origins are not accepted";
  const from = URL.canParse(origin) ? new URL(origin).hostname : "";
  return isOurs(from, served) ? undefined : `requests of pages from ${JSON.stringify(origin)} are not accepted`;
}

function isOurs(name: string, served: readonly string[]): boolean {
  return LOOPBACK.test(name) || IN_CLUSTER.test(name) || served.includes(name.toLowerCase());
}

function hostName(host: string): string {
  const closing = host.indexOf("]");
  if (host.startsWith("[") && closing > 0) return host.slice(0, closing + 1);
  return host.replace(/:\d+$/, "");
}
