import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { addAbortSignal } from "node:stream";
import type { Logger } from "../../std/logger.ts";
import type { Journal, JournalLimits } from "../journal/contract.ts";
import { accept, brokerOfPath, isBatch, readEvents, refusedHeaders, type FindBroker, type IngressAnswer } from "./accept.ts";

export interface IngressOptions {
  readonly host: string;
  readonly port: number;
  readonly journal: Pick<Journal, "append">;
  readonly limits: Pick<JournalLimits, "eventBytes" | "batchBytes">;
  readonly findBroker: FindBroker;
  readonly logger: Logger;
}

/** A producer that sends nothing for this long is gone. */
const REQUEST_TIMEOUT_MS = 60_000;
const COMPONENT = "broker-ingress";

/** The HTTP server of all brokers: POST of events to /NAMESPACE/BROKER. 202 means durable. */
export class IngressServer implements AsyncDisposable {
  readonly #options: IngressOptions;
  readonly #server: Server;
  readonly #open = new Set<Promise<void>>();
  /** Bodies are read until then. */
  readonly #end = new AbortController();

  private constructor(options: IngressOptions) {
    this.#options = options;
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      const work = this.#serve(request, response).finally(() => this.#open.delete(work));
      this.#open.add(work);
    });
  }

  /** Rejects when the address is taken. */
  static async listen(options: IngressOptions): Promise<IngressServer> {
    const ingress = new IngressServer(options);
    ingress.#server.listen(options.port, options.host);
    await once(ingress.#server, "listening");
    return ingress;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What has come whole is answered; who is still sending is cut off and sends again. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#end.abort(new Error("the ingress ends"));
    await Promise.allSettled(this.#open);
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      write(response, await this.#answer(request));
    } catch (error) {
      // Of a producer that went away nothing was taken: it has no answer and sends again.
      if (request.destroyed && !request.complete) return;
      this.#options.logger.error("an event could not be taken", { error: error instanceof Error ? error.message : String(error) });
      write(response, { status: 500, reason: "Internal", message: "the event was not taken" });
    }
  }

  async #answer(request: IncomingMessage): Promise<IngressAnswer> {
    const { method = "", url = "/", headers } = request;
    if (method === "OPTIONS") return { status: 200, headers: WEBHOOK };
    const broker = brokerOfPath(url);
    if ("status" in broker) return broker;
    if (method !== "POST") return { status: 405, reason: "MethodNotAllowed", message: "events are sent with POST", headers: ALLOW };
    const stream = this.#options.findBroker(broker.namespace, broker.name);
    if (stream === undefined) return { status: 404, reason: "NoBroker", message: `there is no broker ${broker.namespace}/${broker.name}` };
    const refused = refusedHeaders(request.headersDistinct);
    if (refused !== undefined) return refused;
    const { eventBytes, batchBytes } = this.#options.limits;
    const body = await readBody(request, isBatch(headers) ? batchBytes : eventBytes, this.#end.signal);
    if (!(body instanceof Uint8Array)) return body;
    const events = readEvents(headers, body);
    return "status" in events ? events : accept(this.#options.journal, stream, events);
  }
}

const ALLOW = { allow: "POST, OPTIONS" };
const WEBHOOK = { ...ALLOW, "webhook-allowed-origin": "*", "webhook-allowed-rate": "*" };

/**
 * The answer to a body over the limit must reach a producer that is still sending: a connection closed with bytes unread would reset
 * it. So the rest is read and dropped; the request's timeout bounds that.
 */
async function readBody(request: IncomingMessage, limit: number, signal: AbortSignal): Promise<Uint8Array | IngressAnswer> {
  const tooLarge: IngressAnswer = { status: 413, reason: "TooLarge", message: `the body is over the limit of ${limit} bytes` };
  if (Number(request.headers["content-length"] ?? 0) > limit) return tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, request).iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return tooLarge;
    chunks.push(chunk);
  }
  const [only = Buffer.alloc(0)] = chunks;
  return chunks.length <= 1 ? only : Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, reason, message, headers = {} }: IngressAnswer): void {
  if (reason === undefined) return void response.writeHead(status, { "content-length": "0", ...headers }).end();
  const body = JSON.stringify({ component: COMPONENT, reason, message });
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(`${body}\n`);
}
