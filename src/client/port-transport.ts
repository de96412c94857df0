/**
 * `(Request) => Response` over a message port, so that a thread speaks to the API server as every client does.
 *
 *   caller                      server
 *   request id, head, body  ->
 *                           <-  head id              or  failure id
 *   pull id                 ->
 *                           <-  chunk id | end id    or  failure id
 *   abort id                ->                            (at any time)
 *
 * I1 the server sends one chunk for each pull: a slow reader slows the server's stream down. I2 an abort, or a body
 * that the caller cancels, aborts the server's Request signal. I3 every started request ends with end, failure or abort.
 */
import type { Transport } from "./types.ts";

/** The part of MessagePort that is needed; both the browser's and Node's have it. */
export interface MessageEndpoint {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  removeEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  start?(): void;
  close(): void;
}

type HeaderPairs = readonly (readonly [string, string])[];

type ToServer =
  | {
      readonly type: "request";
      readonly id: number;
      readonly method: string;
      readonly url: string;
      readonly headers: HeaderPairs;
      readonly body: ArrayBuffer | undefined;
    }
  | { readonly type: "pull"; readonly id: number }
  | { readonly type: "abort"; readonly id: number };

type ToCaller =
  | { readonly type: "head"; readonly id: number; readonly status: number; readonly headers: HeaderPairs; readonly hasBody: boolean }
  | { readonly type: "chunk"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: "end"; readonly id: number }
  | { readonly type: "failure"; readonly id: number; readonly message: string };

/** Answers the requests that come in over `port` until disposed; then everything under way is aborted. */
export function serveTransport(port: MessageEndpoint, transport: Transport): Disposable {
  const calls = new Map<number, ServedCall>();
  const onMessage = ({ data }: { readonly data: unknown }) => {
    const message = data as ToServer;
    if (message.type === "request") {
      const call = new ServedCall(message.id, port, () => void calls.delete(message.id));
      calls.set(message.id, call);
      void call.run(message, transport);
    } else if (message.type === "pull") void calls.get(message.id)?.pull();
    else calls.get(message.id)?.abort();
  };
  port.addEventListener("message", onMessage);
  port.start?.();
  return {
    [Symbol.dispose]() {
      port.removeEventListener("message", onMessage);
      for (const call of calls.values()) call.abort();
    },
  };
}

class ServedCall {
  readonly #id: number;
  readonly #port: MessageEndpoint;
  readonly #forget: () => void;
  readonly #abort = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(id: number, port: MessageEndpoint, forget: () => void) {
    this.#id = id;
    this.#port = port;
    this.#forget = forget;
  }

  async run(message: ToServer & { readonly type: "request" }, transport: Transport): Promise<void> {
    try {
      const { method, url, headers, body } = message;
      const init = { method, headers: headers.map(([name, value]): [string, string] => [name, value]), signal: this.#abort.signal };
      const response = await transport(new Request(url, body === undefined ? init : { ...init, body }));
      this.#reader = response.body?.getReader();
      if (this.#abort.signal.aborted) return await this.#reader?.cancel();
      this.#send({ type: "head", id: this.#id, status: response.status, headers: [...response.headers], hasBody: response.body !== null });
      if (response.body === null) this.#forget();
    } catch (error) {
      this.#fail(error);
    }
  }

  async pull(): Promise<void> {
    try {
      const next = await this.#reader?.read();
      if (next === undefined || this.#abort.signal.aborted) return;
      if (next.done) this.#forget();
      this.#send(next.done ? { type: "end", id: this.#id } : { type: "chunk", id: this.#id, bytes: next.value });
    } catch (error) {
      this.#fail(error);
    }
  }

  abort(): void {
    this.#forget();
    this.#abort.abort(); // I2
    this.#reader?.cancel().catch(() => {});
  }

  #fail(error: unknown): void {
    this.#forget();
    if (this.#abort.signal.aborted) return;
    this.#send({ type: "failure", id: this.#id, message: error instanceof Error ? error.message : String(error) });
  }

  #send(message: ToCaller): void {
    this.#port.postMessage(message);
  }
}

/** A transport whose requests travel over `port`. Failures of the other side reject with TypeError, as fetch's do. */
export function portTransport(port: MessageEndpoint): Transport {
  const calls = new Map<number, Call>();
  let lastId = 0;
  port.addEventListener("message", ({ data }) => {
    const message = data as ToCaller;
    calls.get(message.id)?.onMessage(message);
  });
  port.start?.();
  return async (request) => {
    request.signal.throwIfAborted();
    const body = request.body === null ? undefined : await request.arrayBuffer();
    const id = ++lastId;
    const call = new Call(id, port, () => void calls.delete(id));
    calls.set(id, call);
    return call.start(request, body);
  };
}

class Call {
  readonly #id: number;
  readonly #port: MessageEndpoint;
  readonly #forget: () => void;
  readonly #answer = Promise.withResolvers<Response>();
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  #detach: () => void = () => {};
  #pulled: () => void = () => {};

  constructor(id: number, port: MessageEndpoint, forget: () => void) {
    this.#id = id;
    this.#port = port;
    this.#forget = forget;
  }

  start(request: Request, body: ArrayBuffer | undefined): Promise<Response> {
    const { method, url, signal } = request;
    const onAbort = () => this.#abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#detach = () => signal.removeEventListener("abort", onAbort);
    this.#send({ type: "request", id: this.#id, method, url, headers: [...request.headers], body });
    return this.#answer.promise;
  }

  onMessage(message: ToCaller): void {
    switch (message.type) {
      case "head":
        return this.#onHead(message);
      case "chunk":
        this.#stream?.enqueue(message.bytes);
        return this.#pulled();
      case "end":
        this.#over();
        return this.#stream?.close();
      case "failure":
        return this.#fail(new TypeError(message.message));
    }
  }

  #onHead({ status, headers, hasBody }: ToCaller & { readonly type: "head" }): void {
    const body = hasBody ? this.#body() : null;
    if (!hasBody) this.#over();
    this.#answer.resolve(new Response(body, { status, headers: headers.map(([name, value]): [string, string] => [name, value]) }));
  }

  #body(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#stream = controller),
      pull: () => this.#pull(), // I1
      cancel: () => {
        this.#stream = undefined;
        this.#over();
        this.#send({ type: "abort", id: this.#id });
      },
    });
  }

  /** Resolves with the chunk: until then the stream does not pull again. */
  #pull(): Promise<void> {
    this.#send({ type: "pull", id: this.#id });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pulled = resolve;
    return promise;
  }

  #abort(reason: unknown): void {
    this.#send({ type: "abort", id: this.#id });
    this.#fail(reason);
  }

  #fail(reason: unknown): void {
    this.#over();
    this.#answer.reject(reason);
    this.#stream?.error(reason);
  }

  #over(): void {
    this.#forget();
    this.#detach();
    this.#pulled();
  }

  #send(message: ToServer): void {
    this.#port.postMessage(message);
  }
}
