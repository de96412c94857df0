import { builtinKinds } from "../../../api/builtin.ts";
import { builtinDefinitions } from "../../../api/k8s/definitions.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { knativeServiceKind } from "../../../api/serving/service.ts";
import { systemClock, type Clock } from "../../../std/clock.ts";
import { silentLogger } from "../../../std/logger.ts";
import { seededRandom } from "../../../std/random.ts";
import { createApiServer, type ApiServer, type ApiServerOptions } from "../api-server.ts";
import { MASTERS, type User } from "../auth/user.ts";
import { createMemoryStore } from "../store/memory.ts";

export const ADMIN: User = { name: "admin", groups: [MASTERS] };
export const ALICE: User = { name: "alice", groups: [] };

export const VERSION = {
  major: "1",
  minor: "34",
  gitVersion: "v1.34.4",
  gitCommit: "0000000000000000000000000000000000000000",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "linux/amd64",
};

export const TEST_KINDS = [...builtinKinds, knativeServiceKind as ApiServerOptions["kinds"][number]];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly body: Body;
}

/** JSON of an answer, for tests to look into. */
export interface Body extends KubeObject {
  readonly [field: string]: unknown;
  readonly message?: string;
  readonly reason?: string;
  readonly items?: readonly Body[];
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

export interface AskOptions {
  readonly user?: User;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An API server over a memory store, with namespace `default`, and a short way to ask it. */
export interface TestServer extends AsyncDisposable {
  readonly api: ApiServer;
  /** `path` without `/` at its start is below `/api/v1/namespaces/default/`. A string body goes as it is. */
  ask(method: string, path: string, body?: object | string, options?: AskOptions): Promise<Answer>;
  raw(method: string, path: string, body?: object | string, options?: AskOptions): Promise<Response>;
}

export async function startTestServer(options: Partial<ApiServerOptions> & { readonly clock?: Clock } = {}): Promise<TestServer> {
  const store = options.store ?? createMemoryStore();
  const api = createApiServer({
    store,
    kinds: TEST_KINDS,
    definitions: builtinDefinitions,
    clock: systemClock,
    random: seededRandom(1),
    logger: silentLogger,
    version: VERSION,
    ...options,
  });
  await api.ready;
  const raw: TestServer["raw"] = (method, path, body, { user = ADMIN, headers = {} } = {}) => {
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    const type = text === undefined || "content-type" in headers ? {} : { "content-type": "application/json" };
    const url = `https://localhost${path.startsWith("/") ? path : `/api/v1/namespaces/default/${path}`}`;
    return api.handle(new Request(url, { method, headers: { ...type, ...headers }, ...(text === undefined ? {} : { body: text }) }), user);
  };
  const ask: TestServer["ask"] = async (...request) => {
    const response = await raw(...request);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  await ask("POST", "/api/v1/namespaces", { metadata: { name: "default" } });
  const dispose = async () => {
    await api[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  };
  return { api, ask, raw, [Symbol.asyncDispose]: dispose };
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return { metadata: {} };
  }
}
