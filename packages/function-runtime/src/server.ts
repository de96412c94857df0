import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { answerOf, statusOfError, type Answer } from "./answer.ts";
import { parseBody, readBody } from "./body.ts";
import { makeContext } from "./context.ts";
import { carriesEvent, eventOf } from "./events.ts";
import { answerProbe } from "./health.ts";
import type { Logger } from "./logger.ts";
import { HttpProblem } from "./problem.ts";
import type { Settings } from "./settings.ts";
import type { FunctionModule } from "./types.ts";

export interface Served {
  readonly module: FunctionModule;
  readonly settings: Settings;
  readonly log: Logger;
}

const METHODS = "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH";
/** Longer than a gateway keeps connections, so that it is never the one to find them closed. */
const KEEP_ALIVE_MS = 120_000;

/** The HTTP server of one function, not yet listening. */
export function makeServer(served: Served): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void serve(served, request, response);
  });
  return server;
}

async function serve(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { log } = served;
  const headers = corsHeaders(served, request);
  try {
    const url = new URL(request.url ?? "/", "http://function");
    if (await answerProbe(served, url.pathname, request, response)) return;
    const answer = await respond(served, request, url);
    await send(response, { ...answer, headers: { ...headers, ...answer.headers } });
  } catch (error) {
    if (!(error instanceof HttpProblem)) log.error(error, "Error processing user function");
    if (response.headersSent) return void response.destroy();
    const status = error instanceof HttpProblem ? error.status : statusOfError(error);
    const message = error instanceof Error ? error.message : String(error);
    const close = request.complete ? {} : { connection: "close" }; // the rest of its body is not read
    response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8", ...close }).end(message);
  }
}

async function respond({ module, settings, log }: Served, request: IncomingMessage, url: URL): Promise<Answer> {
  if (request.method === "OPTIONS") return { status: 204, headers: { "access-control-allow-headers": "*" }, body: undefined };
  if (!settings.allPaths && url.pathname !== "/") throw new HttpProblem(404, `no function at ${url.pathname}`);
  const bytes = await readBody(request, settings.bodyLimit);
  const event = carriesEvent(request.headers) ? eventOf(request.headers, bytes) : undefined;
  const body = event === undefined ? parseBody(bytes, request.headers["content-type"]) : event.data;
  const context = makeContext({ request, url, bytes, body, event, log });
  return answerOf(await module.handle.call(NOBODY, context, event ?? body));
}

/** A function's `this`: it cannot keep anything there. */
const NOBODY = Object.freeze({});

function corsHeaders({ module }: Served, request: IncomingMessage): Record<string, string> {
  const origins = module.cors?.();
  const methods = { "access-control-allow-methods": METHODS };
  if (origins === undefined) return { ...methods, "access-control-allow-origin": "*" };
  const { origin = "" } = request.headers;
  return origins.includes(origin) ? { ...methods, "access-control-allow-origin": origin, vary: "origin" } : { vary: "origin" };
}

async function send(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  response.writeHead(status, headers as Record<string, string | string[]>);
  if (body instanceof Readable) return pipeline(body, response);
  response.end(body);
}
