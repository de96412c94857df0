import type { FunctionModule } from "./types.ts";

/** How one function is served; times in ms. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly bodyLimit: number;
  readonly allPaths: boolean;
  readonly liveness: string;
  readonly readiness: string;
  /** What is still under way after a SIGTERM may take so long. */
  readonly drainMs: number;
}

const BODY_LIMIT = 1024 * 1024;
const DRAIN_MS = 25_000;

type Env = Readonly<Record<string, string | undefined>>;

/** PORT is Knative's word and wins; LISTEN_ADDRESS then tells the host alone. Throws on what is no port. */
export function settingsOf(env: Env, module: Pick<FunctionModule, "options" | "liveness" | "readiness">): Settings {
  const { options = {} } = module;
  const listen = addressOf(env["LISTEN_ADDRESS"]);
  return {
    host: listen.host ?? "::",
    port: portOf("PORT", env["PORT"]) ?? portOf("FUNC_PORT", env["FUNC_PORT"]) ?? listen.port ?? 8080,
    logLevel: env["FUNC_LOG_LEVEL"] ?? options.logLevel ?? "warn",
    bodyLimit: positive(env["FUNC_BODY_LIMIT"]) ?? options.bodyLimit ?? BODY_LIMIT,
    allPaths: env["FUNC_ALL_PATHS"] === undefined ? (options.allPaths ?? true) : env["FUNC_ALL_PATHS"] !== "false",
    liveness: module.liveness?.path ?? (env["LIVENESS_URL"] || "/health/liveness"),
    readiness: module.readiness?.path ?? (env["READINESS_URL"] || "/health/readiness"),
    drainMs: positive(env["FUNC_DRAIN_MS"]) ?? DRAIN_MS,
  };
}

function addressOf(text: string | undefined): { readonly host?: string; readonly port?: number } {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text ?? "");
  if (match === null) return {};
  const host = match[1] ?? match[2] ?? "";
  const port = portOf("LISTEN_ADDRESS", match[3]);
  return { ...(host === "" ? {} : { host }), ...(port === undefined ? {} : { port }) };
}

function portOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name}=${text} is no port`);
  return port;
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text ?? "");
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
