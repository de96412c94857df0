import { deadline } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import { Authorizer } from "./authorizer.ts";
import type { Candidate } from "./credentials.ts";
import { RegistryError, type RegistryErrorCode, type Http, type HttpRequest, type HttpResponse, type TlsTrust } from "./http.ts";
import type { Endpoint } from "./registries.ts";
import { networkWords, wordsOf } from "./words.ts";

/** Without an answer's first line for this long a registry counts as gone. */
const ANSWER_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface SessionOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly endpoint: Endpoint;
  readonly candidate: Candidate;
  readonly repository: string;
  /** What is wanted of the repository. Default `pull`. */
  readonly actions?: "pull" | "pull,push";
  trust(host: string): Promise<TlsTrust | undefined>;
}

export interface RegistryCall {
  readonly method: HttpRequest["method"];
  /** Below `/v2/<repository>/`; or from the root, or whole, as a registry's `location` is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: NonNullable<HttpRequest["body"]>;
  /** For the first line of the answer. What is uploaded before needs time. */
  readonly timeoutMs?: number;
}

/** One repository of one registry, asked with one credential. */
export class Session {
  readonly #options: SessionOptions;
  readonly #authorizer: Authorizer;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { http, candidate, endpoint } = options;
    const trust = (host: string) => options.trust(host);
    this.#authorizer = new Authorizer({ http, candidate, trust, isPlain: endpoint.base.startsWith("http:") });
  }

  get candidate(): Candidate {
    return this.#options.candidate;
  }

  get endpoint(): Endpoint {
    return this.#options.endpoint;
  }

  /** `METHOD url` of a call, for messages. */
  describe({ method, path }: RegistryCall): string {
    return `${method} ${this.#url(path).href}`;
  }

  /** The answer of a call that worked. Throws RegistryError otherwise. */
  async call(call: RegistryCall, signal: AbortSignal, accepted: readonly number[] = [200]): Promise<HttpResponse> {
    const response = await this.send(call, signal);
    if (accepted.includes(response.status)) return response;
    throw new RegistryError(codeOf(response.status), `${this.describe(call)}: ${await wordsOf(response)}`);
  }

  /** Whatever the registry answers, after challenges and redirects. Throws RegistryError when there is no answer. */
  async send(call: RegistryCall, signal: AbortSignal): Promise<HttpResponse> {
    const first = await this.#follow(call, signal);
    const challenge = first.isOwn && first.response.status === 401 ? first.response.header("www-authenticate") : undefined;
    if (challenge === undefined) return first.response;
    const scope = `repository:${this.#options.repository}:${this.#options.actions ?? "pull"}`;
    if (!(await this.#authorizer.answer(challenge, scope, signal))) return first.response;
    first.response.discard();
    return (await this.#follow(call, signal)).response;
  }

  /** Credentials are for the registry only: another host, port or scheme gets none. */
  async #follow(call: RegistryCall, signal: AbortSignal): Promise<{ readonly response: HttpResponse; readonly isOwn: boolean }> {
    const start = this.#url(call.path);
    let url = start;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const isOwn = url.origin === start.origin;
      const response = await this.#once(call, url, signal);
      const location = REDIRECTS.has(response.status) ? response.header("location") : undefined;
      if (location === undefined) return { response, isOwn };
      response.discard();
      url = this.#target(location, url, call);
    }
    throw new RegistryError("invalid", `${this.describe(call)}: stopped after ${MAX_REDIRECTS} redirects`);
  }

  #target(location: string, from: URL, call: RegistryCall): URL {
    const url = URL.parse(location, from);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new RegistryError("invalid", `${this.describe(call)}: redirected to ${JSON.stringify(location)}, which is no address`);
    if (url.protocol === "http:" && from.protocol === "https:")
      throw new RegistryError("invalid", `${this.describe(call)}: redirected to ${url.origin}, which is not reached by TLS: refused`);
    return url;
  }

  async #once(
    { method, headers, body, timeoutMs = ANSWER_TIMEOUT_MS }: RegistryCall,
    url: URL,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { endpoint, http, clock, trust } = this.#options;
    const isOwn = url.origin === new URL(endpoint.base).origin;
    const authorization = isOwn ? this.#authorizer.header : undefined;
    const tls = isOwn ? endpoint.tls : await trust(url.host);
    const request = {
      method,
      url,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
      ...(body === undefined ? {} : { body }),
      ...(tls === undefined ? {} : { tls }),
    };
    // The body lives on after the answer's head: only the wait for that is limited here.
    const abort = new AbortController();
    const stop = () => abort.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    using limit = deadline(clock, timeoutMs);
    limit.signal.addEventListener("abort", () => abort.abort(limit.signal.reason), { once: true });
    try {
      signal.throwIfAborted();
      return await http(request, abort.signal);
    } catch (error) {
      signal.removeEventListener("abort", stop);
      signal.throwIfAborted();
      const words = limit.signal.aborted ? `no answer within ${timeoutMs / 1000} s` : networkWords(error, url);
      throw new RegistryError("unavailable", `${method} ${url.href}: ${words}`, { cause: error });
    }
  }

  #url(path: string): URL {
    const { endpoint, repository } = this.#options;
    const isLocation = path.startsWith("/") || /^https?:/.test(path);
    return isLocation ? new URL(path, endpoint.base) : new URL(`${endpoint.base}/v2/${repository}/${path}`);
  }
}

function codeOf(status: number): RegistryErrorCode {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404) return "not-found";
  return status >= 500 || status === 408 || status === 429 ? "unavailable" : "invalid";
}
