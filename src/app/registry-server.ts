import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Logger } from "../std/logger.ts";

export interface RegistryServerOptions {
  readonly port: number;
  readonly handle: (request: Request) => Promise<Response>;
  readonly logger: Logger;
}

/** Host headers of loopback: anything else is a page of a foreign site whose name was rebound to this machine. */
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\]|kinetic\.local)(:\d+)?$/i;

/** Serves the registry over plain HTTP on loopback. Dispose to stop. */
export async function serveRegistry(options: RegistryServerOptions): Promise<AsyncDisposable> {
  const server = createServer((message, answer) => {
    respond(options, message, answer).catch((error: unknown) => {
      options.logger.warn("registry request failed", { error });
      answer.destroy();
    });
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function respond(options: RegistryServerOptions, message: IncomingMessage, answer: ServerResponse): Promise<void> {
  const host = message.headers.host ?? "";
  if (!LOOPBACK_HOST.test(host)) {
    answer.writeHead(403, { "content-type": "text/plain" }).end("this registry answers only to loopback names\n");
    return;
  }
  message.resume();
  const response = await options.handle(new Request(`http://${host}${message.url ?? "/"}`, { method: message.method ?? "GET" }));
  answer.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) answer.end();
  else await pipeline(Readable.fromWeb(response.body as ReadableStream), answer);
}
