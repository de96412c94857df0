/**
 * What a Request or Response carries while its own body stays empty. Between a client and a server of one thread an
 * object stays an object, and a server's edge reads and writes plain bytes: making and reading the body stream of a
 * small message costs several times what everything else about it does.
 *
 * - I1 only an exchange that was announced as taking payloads is given such requests, and only a request with a payload
 *   (`none` for an empty body) is given such an answer: everybody else meets complete messages.
 * - I2 a value is not changed by who receives it: it may be shared and frozen.
 */
export type Payload =
  | { readonly kind: "none" }
  /** `text` is made when somebody needs it; JSON of the value when absent. */
  | { readonly kind: "json"; readonly value: unknown; text?(): string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** A watch, to be read once: as values, or as the bytes of its lines. */
  | { readonly kind: "events"; events(): AsyncIterable<PayloadEvent>; stream(): ReadableStream<Uint8Array> };

export interface PayloadEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: unknown;
}

const payloads = new WeakMap<Request | Response, Payload>();

export function setPayload<M extends Request | Response>(message: M, payload: Payload): M {
  payloads.set(message, payload);
  return message;
}

export function payloadOf(message: Request | Response): Payload | undefined {
  return payloads.get(message);
}

type Exchange = (request: Request) => Promise<Response>;

const announced = new WeakSet<Exchange>();

/** Says that `exchange` takes requests with payloads. A wrapper around it does not, unless it says so itself. */
export function announcePayloads(exchange: Exchange): Exchange {
  announced.add(exchange);
  return exchange;
}

export function takesPayloads(exchange: Exchange): boolean {
  return announced.has(exchange);
}
