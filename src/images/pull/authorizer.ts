import type { Candidate, Credential } from "./credentials.ts";
import { parseChallenges, type Challenge } from "./challenge.ts";
import { RegistryError, type Http, type HttpRequest, type TlsTrust } from "./http.ts";
import { networkWords, readAtMost, wordsOf } from "./words.ts";

const MAX_TOKEN_BYTES = 256 * 1024;

export interface AuthorizerOptions {
  readonly http: Http;
  readonly candidate: Candidate;
  /** Whether the registry itself is reached without TLS: only then may its token service be. */
  readonly isPlain: boolean;
  /** Of the token service's host. */
  trust(host: string): Promise<TlsTrust | undefined>;
}

/** Answers a registry's challenges with one credential: Basic, or a token that the registry's token service gives for it. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  /** Value of the Authorization header, once the registry has said what it wants. */
  header: string | undefined;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    const { credential } = options.candidate;
    if (credential.kind === "bearer") this.header = `Bearer ${credential.token}`;
  }

  /** Whether there is something new to try after a 401. Throws RegistryError when the token service refuses. */
  async answer(challengeHeader: string, scope: string, signal: AbortSignal): Promise<boolean> {
    const { credential } = this.#options.candidate;
    if (credential.kind === "bearer") return false;
    const challenges = parseChallenges(challengeHeader);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    const basic = challenges.some(({ scheme }) => scheme === "basic");
    const before = this.header;
    if (bearer !== undefined) this.header = `Bearer ${await this.#token(bearer, scope, signal)}`;
    else if (basic && credential.kind === "basic") this.header = basicHeader(credential);
    return this.header !== before;
  }

  async #token({ parameters }: Challenge, scope: string, signal: AbortSignal): Promise<string> {
    const url = this.#realm(parameters.get("realm") ?? "");
    const { credential } = this.#options.candidate;
    const service = parameters.get("service") ?? "";
    const wanted = { service, scope: parameters.get("scope") || scope };
    const trust = await this.#options.trust(url.host);
    const request = {
      ...(credential.kind === "identity" ? exchange(url, credential.token, wanted) : ask(url, credential, wanted)),
      ...(trust === undefined ? {} : { tls: trust }),
    };
    const response = await this.#options.http(request, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new RegistryError(
        "unavailable",
        `failed to fetch a token: ${request.method} ${request.url.href}: ${networkWords(error, url)}`,
        { cause: error },
      );
    });
    const where = `failed to fetch a token: ${request.method} ${url.origin}${url.pathname}`;
    if (response.status !== 200) {
      const code = response.status === 401 || response.status === 403 || response.status === 400 ? "unauthorized" : "unavailable";
      throw new RegistryError(code, `${where}: ${await wordsOf(response)}`);
    }
    const token = tokenIn(await readAtMost(response, MAX_TOKEN_BYTES));
    if (token === undefined) throw new RegistryError("unavailable", `${where}: the answer holds no token`);
    return token;
  }

  /** A password may not travel in the clear because a registry says so. */
  #realm(realm: string): URL {
    const url = URL.parse(realm);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new RegistryError("invalid", `the registry names no token service: realm="${realm}"`);
    if (url.protocol === "http:" && !this.#options.isPlain)
      throw new RegistryError("invalid", `the registry's token service ${url.origin} is not reached by TLS: refused`);
    return url;
  }
}

interface Wanted {
  readonly service: string;
  readonly scope: string;
}

function ask(realm: URL, credential: Credential, { service, scope }: Wanted): HttpRequest {
  const url = new URL(realm);
  if (service !== "") url.searchParams.set("service", service);
  for (const one of scope.split(" ").filter(Boolean)) url.searchParams.append("scope", one);
  return { method: "GET", url, headers: credential.kind === "basic" ? { authorization: basicHeader(credential) } : {} };
}

function exchange(url: URL, token: string, { service, scope }: Wanted): HttpRequest {
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token, service, scope, client_id: "kinetic" });
  return { method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded" }, body: form.toString() };
}

function basicHeader({ username, password }: Extract<Credential, { kind: "basic" }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** A header value that could not be sent is none. */
function tokenIn(bytes: Buffer | undefined): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(bytes?.toString("utf8") ?? "") as Record<string, unknown>;
    const found = [token, accessToken].find((value) => typeof value === "string" && value !== "");
    return typeof found === "string" && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
