import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { HTTPGetAction } from "../../../api/k8s/types.generated.ts";
import { dialError, formatAddress, type Address } from "./address.ts";
import { failure, success, type ProbeOutcome } from "./outcome.ts";

const MAX_REDIRECTS = 10;
const USER_AGENT = "kube-probe/1.32";

/** GET; 200 to 399 is success. Redirects on the same host are followed. Certificates are not checked. */
export async function probeHttp(action: HTTPGetAction, address: Address, signal: AbortSignal): Promise<ProbeOutcome> {
  const to: Address = { ip: action.host || address.ip, port: address.port };
  const scheme = (action.scheme ?? "HTTP").toLowerCase();
  let url = new URL(`${scheme}://${formatAddress(to)}${leadingSlash(action.path ?? "/")}`);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await get(url, headersOf(action), signal);
    if ("error" in answer) return failure(`Get "${url.href}": ${signal.aborted ? TIMEOUT : dialError(answer.error, to)}`);
    const { status, location } = answer;
    const next = location === undefined || status < 300 || status >= 400 ? undefined : new URL(location, url);
    if (next !== undefined && next.hostname === url.hostname) url = next;
    else return status >= 200 && status < 400 ? success : failure(`HTTP probe failed with statuscode: ${status}`);
  }
  return failure(`Get "${url.href}": stopped after ${MAX_REDIRECTS} redirects`);
}

const TIMEOUT = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";

function leadingSlash(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}

function headersOf(action: HTTPGetAction): Record<string, string> {
  const own = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
  return { "user-agent": USER_AGENT, accept: "*/*", connection: "close", ...own };
}

type Answer = { readonly status: number; readonly location: string | undefined } | { readonly error: unknown };

function get(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const options: RequestOptions = { headers, signal, agent: false, method: "GET" };
  const take = (response: IncomingMessage) => {
    resolve({ status: response.statusCode ?? 0, location: response.headers.location });
    response.destroy();
  };
  try {
    const request: ClientRequest =
      url.protocol === "https:" ? httpsRequest(url, { ...options, rejectUnauthorized: false }, take) : httpRequest(url, options, take);
    request.on("error", (error) => resolve({ error }));
    request.end();
  } catch (error) {
    resolve({ error }); // a header that HTTP does not allow
  }
  return promise;
}
