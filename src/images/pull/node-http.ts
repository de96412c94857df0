import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { getCACertificates } from "node:tls";
import type { Http, HttpRequest, HttpResponse, TlsTrust } from "./http.ts";

export interface NodeHttpOptions {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
}

const HEADERS = { "user-agent": "kinetic", "accept-encoding": "identity" };
const MAX_SOCKETS = 8;

/** Node's own client. Dispose to close its connections. */
export function nodeHttp({ proxyEnv }: NodeHttpOptions = {}): { readonly http: Http } & Disposable {
  const proxy = proxyEnv === undefined ? {} : { proxyEnv: proxyEnv as NodeJS.ProcessEnv };
  const plain = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...proxy });
  const secure = new Map<string, HttpsAgent>();
  const agentFor = (trust: TlsTrust | undefined): HttpsAgent => {
    const key = JSON.stringify(trust ?? {});
    const agent = secure.get(key) ?? new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...proxy, ...tlsOptions(trust) });
    secure.set(key, agent);
    return agent;
  };
  return {
    http: (request, signal) => {
      const isSecure = request.url.protocol === "https:";
      const agent = isSecure ? agentFor(request.tls) : plain;
      return send(isSecure ? httpsRequest : httpRequest, request, { agent, signal });
    },
    [Symbol.dispose]: () => {
      for (const agent of [plain, ...secure.values()]) agent.destroy();
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
  sent.end(body);
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
