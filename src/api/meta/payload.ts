import type { PodSession } from "../ports/pod-streams.ts";

/**
 * The messages of the API without the fetch standard around them: what passes between a client and a server of one
 * thread, and inside of the server. An object stays an object, a server's edge reads and writes plain bytes: making a
 * Request, a Response and their streams costs several times what everything else about a small message does.
 *
 * - I1 a value is not changed by who receives it: it may be shared and frozen;
 * - I2 a transport that knows of these messages offers its exchange; a wrapper around it does not, unless it says so itself.
 */
export interface ApiRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Ends a watch; undefined when nobody will. */
  readonly signal: AbortSignal | undefined;
  readonly body: RequestBody;
}

export type RequestBody =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

export interface ApiReply {
  readonly status: number;
  /** By lower-case name; several values stand for as many headers. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: ReplyBody;
}

export type ReplyBody =
  | { readonly kind: "none" }
  /** The text is made when somebody needs it, in one or several pieces. */
  | { readonly kind: "json"; readonly value: unknown; text(): Iterable<string> }
  | { readonly kind: "text"; readonly text: string }
  | EventsBody
  /** The connection leaves HTTP for this. */
  | { readonly kind: "session"; readonly session: PodSession }
  | { readonly kind: "stream"; readonly stream: ReadableStream<Uint8Array> };

/** A watch, to be read once: as values, or as the bytes of its lines. */
export interface EventsBody {
  readonly kind: "events";
  events(): AsyncIterable<PayloadEvent>;
  stream(): ReadableStream<Uint8Array>;
}

export interface PayloadEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: unknown;
}

export type Exchange = (request: ApiRequest) => Promise<ApiReply>;

type Transport = (request: Request) => Promise<Response>;

const offered = new WeakMap<Transport, Exchange>();

/** Says that who calls `transport` may as well call `exchange`. */
export function offerExchange(transport: Transport, exchange: Exchange): Transport {
  offered.set(transport, exchange);
  return transport;
}

export function exchangeOf(transport: Transport): Exchange | undefined {
  return offered.get(transport);
}
