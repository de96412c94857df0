import { Agent, errors } from "undici";
import { deadline } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { HttpMessage } from "../../api/cloudevents/http-binding.ts";
import type { Answer } from "./decide.ts";

export interface SendRequest {
  readonly url: string;
  readonly message: HttpMessage;
  readonly timeoutMs: number;
}

/** Posts events. Never rejects for what the other side does; rejects with the signal's reason when it is aborted. */
export interface Sender {
  send(request: SendRequest, signal: AbortSignal): Promise<Answer>;
}

/** Where a URL's host really is: names of the cluster are known to the platform alone. */
export type Locate = (
  url: URL,
) => { readonly kind: "at"; readonly host: string; readonly port: number } | { readonly kind: "unknown"; readonly message: string };

export interface HttpSenderOptions {
  readonly clock: Clock;
  readonly locate: Locate;
  /** PEM; beside the system's roots. */
  readonly authorities?: readonly string[];
  /** Bytes of an answer that are read; a longer one is an error. */
  readonly maxAnswerBytes: number;
}

/** Connections to one place; more tries than that wait for one. */
const CONNECTIONS = 128;

export class HttpSender implements Sender, AsyncDisposable {
  readonly #options: HttpSenderOptions;
  readonly #agent: Agent;

  constructor(options: HttpSenderOptions) {
    this.#options = options;
    this.#agent = new Agent({ connections: CONNECTIONS, pipelining: 1, keepAliveTimeout: 4000, maxResponseSize: options.maxAnswerBytes });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async send({ url, message, timeoutMs }: SendRequest, signal: AbortSignal): Promise<Answer> {
    const target = URL.parse(url);
    if (target === null || !/^https?:$/.test(target.protocol)) return unreachable(`${JSON.stringify(url)} is no HTTP URL`);
    const place = this.#options.locate(target);
    if (place.kind === "unknown") return unreachable(place.message);
    using limit = deadline(this.#options.clock, timeoutMs, signal);
    try {
      const { statusCode, headers, body } = await this.#agent.request({
        origin: `${target.protocol}//${bracketed(place.host)}:${place.port}`,
        path: `${target.pathname}${target.search}`,
        method: "POST",
        headers: { ...message.headers, host: target.host },
        body: message.body,
        signal: limit.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      return { kind: "answered", status: statusCode, headers, body: new Uint8Array(await body.arrayBuffer()) };
    } catch (error) {
      signal.throwIfAborted();
      return unreachable(limit.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error));
    }
  }
}

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

function unreachable(message: string): Answer {
  return { kind: "unreachable", message };
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.ResponseExceededMaxSizeError) return "its answer is too large";
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
