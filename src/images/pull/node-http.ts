import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { getCACertificates } from "node:tls";
import type { Http, HttpRequest, HttpResponse, TlsTrust } from "./http.ts";

export interface NodeHttpOptions {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
}

const HEADERS = { "user-agent": "kinetic", "accept-encoding": "identity" };
const MAX_SOCKETS = 8;
/** No proxy leads back to this machine. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Node's own client. Dispose to close its connections. */
export function nodeHttp({ proxyEnv }: NodeHttpOptions = {}): { readonly http: Http } & Disposable {
  const agents = new Map<string, HttpAgent>();
  const agentFor = ({ url, tls }: HttpRequest): HttpAgent => {
    const isDirect = proxyEnv === undefined || LOOPBACK.test(url.hostname);
    const proxy = isDirect ? {} : { proxyEnv: proxyEnv as NodeJS.ProcessEnv };
    const key = JSON.stringify([url.protocol, isDirect, tls]);
    const options = { keepAlive: true, maxSockets: MAX_SOCKETS, ...proxy };
    const make = () => (url.protocol === "https:" ? new HttpsAgent({ ...options, ...tlsOptions(tls) }) : new HttpAgent(options));
    const agent = agents.get(key) ?? make();
    agents.set(key, agent);
    return agent;
  };
  return {
    http: (request, signal) => {
      const begin = request.url.protocol === "https:" ? httpsRequest : httpRequest;
      return send(begin, request, { agent: agentFor(request), signal });
    },
    [Symbol.dispose]: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/** Reading the system's authorities takes a while: only when TLS is needed. */
function tlsOptions(trust: TlsTrust | undefined): { readonly ca: string[]; readonly rejectUnauthorized: boolean } {
  const ca = [...new Set([...getCACertificates("default"), ...getCACertificates("system"), ...(trust?.ca ?? [])])];
  return { ca, rejectUnauthorized: trust?.skipVerify !== true };
}

function send(begin: typeof httpRequest, { method, url, headers, body }: HttpRequest, options: RequestOptions): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const sent = begin(url, { ...options, method, headers: { ...HEADERS, ...headers } }, (message) => resolve(responseOf(message)));
  sent.on("error", reject);
  if (typeof body === "function") pipeline(body(), sent).catch(reject);
  else sent.end(body);
  return promise;
}

function responseOf(message: IncomingMessage): HttpResponse {
  message.on("error", () => {}); // whoever reads the body is told
  return {
    status: message.statusCode ?? 0,
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    body: message,
    discard: () => {
      if (message.complete || (message.readableLength === 0 && message.headers["content-length"] === "0")) message.resume();
      else message.destroy();
    },
  };
}
