import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, fetch as undiciFetch, type RequestInit } from "undici";
import type { Connection } from "../../client/kubeconfig/types.ts";
import type { Transport } from "../../client/types.ts";

/** Seconds without a byte before a connection counts as dead; watches send bookmarks more often. */
const CONNECT_TIMEOUT_MS = 10_000;

/** `*.localhost` is loopback (RFC 6761), also where the system's resolver does not know it. */
export const loopbackLookup: LookupFunction = (hostname, options, callback) => {
  if (hostname !== "localhost" && !hostname.endsWith(".localhost")) return systemLookup(hostname, options, callback);
  const all = typeof options === "object" && options.all === true;
  if (all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

/** A transport over HTTPS to one cluster as one user. Dispose to close its connections. */
export function connectionTransport(connection: Connection): { readonly transport: Transport } & AsyncDisposable {
  const agent = new Agent({
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      rejectUnauthorized: !connection.insecure,
      lookup: loopbackLookup,
      ...(connection.ca === undefined ? {} : { ca: connection.ca }),
      ...(connection.clientCertificate === undefined ? {} : { cert: connection.clientCertificate }),
      ...(connection.clientKey === undefined ? {} : { key: connection.clientKey }),
      ...(connection.serverName === undefined ? {} : { servername: connection.serverName }),
    },
    bodyTimeout: 0,
    headersTimeout: 0,
  });
  const authorization = authorizationOf(connection);
  const transport: Transport = async (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    if (authorization !== undefined) headers.set("authorization", authorization);
    const init: RequestInit = {
      method: request.method,
      headers: [...headers],
      dispatcher: agent,
      signal: request.signal,
      body: request.body === null ? null : await request.arrayBuffer(),
    };
    return (await undiciFetch(`${connection.server}${pathname}${search}`, init)) as unknown as Response;
  };
  return { transport, [Symbol.asyncDispose]: () => agent.destroy() };
}

function authorizationOf(connection: Connection): string | undefined {
  if (connection.token !== undefined) return `Bearer ${connection.token}`;
  const { basic } = connection;
  return basic === undefined ? undefined : `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString("base64")}`;
}
