import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { RegistryRequest, RegistryResponse } from "../images/distribution/message.ts";
import { failure } from "../images/distribution/errors.ts";
import type { Logger } from "../std/logger.ts";

export interface RegistryServerOptions {
  readonly port: number;
  readonly handle: (request: RegistryRequest) => Promise<RegistryResponse>;
  readonly logger: Logger;
  /** A connection on which nothing moves in either direction is closed; an upload as a whole may take as long as it takes. */
  readonly idleTimeoutMs?: number;
}

/** Host headers of loopback: anything else is a page of a foreign site whose name was rebound to this machine. */
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\]|kinetic\.local)(:\d+)?$/i;
/** Of pages that may use the registry. A page of any other site can send a POST here without asking. */
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const HEADERS_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 60_000;
const MAX_CONNECTIONS = 1024;
const MAX_DISCARDED_BYTES = 256 * 1024 * 1024;

/** Serves the registry over plain HTTP on loopback. Dispose to stop. */
export async function serveRegistry(options: RegistryServerOptions): Promise<AsyncDisposable> {
  const server = createServer((message, answer) => {
    answer.on("error", () => {}); // the client is gone; the write that noticed has ended
    respond(options, message, answer).catch((error: unknown) => fail(options.logger, error, answer));
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = 0;
  server.timeout = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(options: RegistryServerOptions, message: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { host = "", origin } = message.headers;
  if (!LOOPBACK_HOST.test(host) || (origin !== undefined && !LOOPBACK_ORIGIN.test(origin))) {
    answer.writeHead(403, { "content-type": "text/plain" }).end("this registry answers only to loopback names\n");
    return;
  }
  const response = await options.handle(requestOf(message));
  const headers = Object.entries(response.headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]);
  answer.writeHead(response.status, { "docker-distribution-api-version": "registry/2.0", ...Object.fromEntries(headers) });
  const body = message.method === "HEAD" ? undefined : response.body;
  if (body instanceof Uint8Array) answer.write(body);
  else if (body !== undefined) await send(body, answer);
  else answer.flushHeaders();
  if (!message.complete) await discard(message);
  answer.end();
}

/**
 * Reads what is left of a request that has been answered: a connection that is closed with unread bytes is reset, and the
 * client may lose the answer. A client that does not stop for an answer is cut off.
 */
async function discard(message: IncomingMessage): Promise<void> {
  let bytes = 0;
  message.on("error", () => {});
  message.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DISCARDED_BYTES) message.destroy();
  });
  message.resume();
  if (!message.readableEnded && !message.destroyed) await Promise.race([once(message, "end"), once(message, "close")]);
}

function requestOf(message: IncomingMessage): RegistryRequest {
  const [path = "/", ...query] = (message.url ?? "/").split("?");
  return {
    method: message.method ?? "GET",
    path,
    query: new URLSearchParams(query.join("?")),
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    // A handler that has read enough must still be able to answer on this connection.
    body: { [Symbol.asyncIterator]: () => message.iterator({ destroyOnReturn: false }) },
  };
}

/** As fast as the client takes it, and no longer than it is there. */
async function send(body: AsyncIterable<Uint8Array>, answer: ServerResponse): Promise<void> {
  const gone = new Promise<void>((resolve) => answer.once("close", resolve));
  for await (const chunk of body) {
    if (answer.destroyed) return;
    if (!answer.write(chunk)) await Promise.race([once(answer, "drain"), gone]);
  }
}

/** A client that has gone is no failure; any other error is ours, and what was sent so far must not look whole. */
function fail(logger: Logger, error: unknown, answer: ServerResponse): void {
  if (answer.destroyed || answer.req.destroyed) {
    logger.debug("registry client went away", { error });
    answer.destroy();
    return;
  }
  logger.error("registry request failed", { error, method: answer.req.method, path: answer.req.url });
  if (answer.headersSent) {
    answer.destroy();
    return;
  }
  const { status, headers, body } = failure("UNKNOWN");
  answer.writeHead(status, { ...headers } as Record<string, string>).end(body);
}
