/** From flags to a client: kubeconfig, impersonation, warnings, errors in words. */
import { existsSync } from "node:fs";
import { createClient } from "../../client/client.ts";
import { kubeconfigPaths, loadKubeconfig } from "../../client/kubeconfig/load.ts";
import type { Connection } from "../../client/kubeconfig/types.ts";
import type { Transport } from "../../client/types.ts";
import { UserError, type Io } from "../shared/io.ts";
import { connectionTransport } from "../shared/transport.ts";
import { logHttp } from "./log-http.ts";
import type { GlobalFlags, Session } from "./kn.ts";

/** Throws UserError when there is no usable kubeconfig. */
export async function connect(io: Io, flags: GlobalFlags): Promise<Session> {
  const { transport, connection, [Symbol.asyncDispose]: close } = openTransport(io, flags);
  return { client: createClient({ transport, userAgent: "kn" }), namespace: connection.namespace, [Symbol.asyncDispose]: () => close() };
}

/** What a client speaks through, for what a client has no word for. Throws UserError when there is no usable kubeconfig. */
export function openTransport(
  io: Io,
  flags: GlobalFlags,
): { readonly transport: Transport; readonly connection: Connection } & AsyncDisposable {
  const connection = connectionOf(io, flags);
  const { transport, [Symbol.asyncDispose]: close } = connectionTransport(connection);
  const logged = flags.logHttp === true ? logHttp(transport, io) : transport;
  return { transport: inWords(warned(impersonated(logged, flags), io), connection), connection, [Symbol.asyncDispose]: () => close() };
}

/** The namespace of the context; `default` where there is no usable kubeconfig. */
export function defaultNamespace(io: Io, { kubeconfig, context }: GlobalFlags): string {
  const loaded = loadKubeconfig({ paths: kubeconfigPaths(io.env, kubeconfig), ...(context === undefined ? {} : { context }) });
  return loaded.kind === "ok" ? loaded.connection.namespace : "default";
}

function connectionOf(io: Io, flags: GlobalFlags): Connection {
  const { kubeconfig, context, cluster } = flags;
  if (kubeconfig !== undefined && kubeconfig !== "" && !existsSync(kubeconfig)) {
    throw new UserError(`can not find config file: '${kubeconfig}'`);
  }
  const loaded = loadKubeconfig({
    paths: kubeconfigPaths(io.env, kubeconfig),
    ...(context === undefined ? {} : { context }),
    ...(cluster === undefined ? {} : { cluster }),
  });
  if (loaded.kind === "ok") return loaded.connection;
  if (loaded.kind === "invalid") throw new UserError(loaded.message);
  throw new UserError("no kubeconfig has been provided, please use a valid configuration to connect to the cluster");
}

function impersonated(transport: Transport, flags: GlobalFlags): Transport {
  if (flags.as === undefined) return transport;
  const { as: user, asGroup = [], asUid } = flags;
  return (request) => {
    const headers = new Headers(request.headers);
    headers.set("impersonate-user", user);
    for (const group of asGroup) headers.append("impersonate-group", group);
    if (asUid !== undefined) headers.set("impersonate-uid", asUid);
    return transport(new Request(request, { headers }));
  };
}

/** Prints what the server warns of, each text once. */
export function warned(transport: Transport, io: Pick<Io, "stderr">): Transport {
  const seen = new Set<string>();
  return async (request) => {
    const response = await transport(request);
    for (const text of warningTexts(response.headers.get("warning") ?? "")) {
      if (!seen.has(text)) io.stderr.write(`Warning: ${text}\n`);
      seen.add(text);
    }
    return response;
  };
}

/** `299 - "text"`, many joined by commas. */
function warningTexts(header: string): string[] {
  return [...header.matchAll(/\d{3} \S+ ("(?:\\.|[^"\\])*")/g)].map((match) => JSON.parse(match[1] ?? '""') as string);
}

/** Failures of the connection, and an API that the server does not have, as a user understands them. */
export function inWords(transport: Transport, connection: Pick<Connection, "server">): Transport {
  return async (request) => {
    const response = await transport(request).catch((error: unknown) => {
      throw request.signal.aborted ? error : connectionError(request, connection, error);
    });
    if (response.status === 404 && !(response.headers.get("content-type") ?? "").includes("json")) {
      await response.body?.cancel();
      const part = partOf(new URL(request.url).pathname);
      throw new UserError(`no or newer Knative ${part} API found on the backend, please verify the installation or update the 'kn' client`);
    }
    return response;
  };
}

/** `/apis/eventing.knative.dev/...` is Eventing's. */
function partOf(path: string): string {
  const known = /^\/apis\/(eventing|messaging|sources)\.knative\.dev\//.exec(path)?.[1] ?? "serving";
  return known.charAt(0).toUpperCase() + known.slice(1);
}

function connectionError(request: Request, { server }: Pick<Connection, "server">, error: unknown): UserError {
  const { pathname, search } = new URL(request.url);
  const method = `${request.method.charAt(0)}${request.method.slice(1).toLowerCase()}`;
  const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  const text = cause.code === "ECONNREFUSED" ? `dial tcp ${new URL(server).host}: connect: connection refused` : cause.message;
  if (["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"].includes(cause.code ?? "")) {
    return new UserError(`error connecting to the cluster, please verify connection at: ${new URL(server).host}: ${text}`);
  }
  return new UserError(`${method} "${server}${pathname}${search}": ${text}`);
}
