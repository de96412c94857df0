import { constants } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { TLSSocket } from "node:tls";
import { HeaderList } from "../proxy/header-list.ts";
import { isPlainRequest } from "../proxy/http1/head.ts";
import type { HeadLimits } from "../proxy/http1/head.ts";
import { toHttp2, withFields } from "../proxy/http2-fields.ts";
import { resetStream } from "../proxy/http2-reset.ts";
import type { Downstream, DownstreamEvents, RawConnection, RequestHead, ResponseHead } from "../proxy/message.ts";
import { UNKNOWN_LENGTH } from "../proxy/message.ts";
import type { RequestHandler } from "./http1-connection.ts";

/** The status of a request that is well formed and not served: a tunnel to anywhere, or a target beyond the limit. */
export function refusedStatus({ ":method": method, ":path": target = "" }: IncomingHttpHeaders, limits: HeadLimits): number | undefined {
  if (method === "CONNECT") return 405;
  return target.length > limits.maxTargetBytes ? 414 : undefined;
}

/** The request of a stream; undefined when it is not one. nghttp2 has checked names, values and pseudo fields. */
export function readHead(headers: IncomingHttpHeaders, raw: readonly string[]): RequestHead | undefined {
  const { ":method": method, ":path": target } = headers;
  if (method === undefined || target === undefined) return undefined;
  if (!(target.startsWith("/") || (target === "*" && method === "OPTIONS"))) return undefined;
  const list = fieldsOf(raw);
  const authority = headers[":authority"] ?? headers.host ?? "";
  const length = list.get("content-length");
  if (!isPlainRequest(method, target, authority, list) || !/^\d{1,15}$/.test(length ?? "0")) return undefined;
  return {
    method,
    target,
    authority,
    headers: list,
    version: "2",
    bodyLength: length === undefined ? UNKNOWN_LENGTH : Number(length),
    expectContinue: list.get("expect")?.toLowerCase() === "100-continue",
    upgrade: undefined,
  };
}

/** Regular fields only; cookie crumbs become one field again, as RFC 9113 8.2.3 asks. */
function fieldsOf(raw: readonly string[]): HeaderList {
  const list = new HeaderList();
  const cookies: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = "", value = ""] = [raw[index], raw[index + 1]];
    if (name === "cookie") cookies.push(value);
    else if (!name.startsWith(":")) list.push(name, name, value);
  }
  if (cookies.length > 0) list.push("cookie", "cookie", cookies.join("; "));
  return list;
}

/** How long a client may take to read the rest of an answer that is complete on our side, milliseconds. */
const LINGER_MS = 30_000;

/** One stream as the client's half of an exchange. */
export class Http2Downstream implements Downstream {
  readonly request: RequestHead;
  readonly peer: string;
  readonly scheme: "http" | "https";
  readonly #stream: ServerHttp2Stream;
  #events: DownstreamEvents | undefined;
  #trailers: HeaderList | undefined;
  /** The answer is complete on our side, and since when the sweep knows; coarse. */
  #ended = false;
  #endedAt: number | undefined;

  constructor(stream: ServerHttp2Stream, head: RequestHead) {
    this.#stream = stream;
    this.request = stream.endAfterHeaders ? { ...head, bodyLength: 0 } : head;
    const socket = stream.session?.socket;
    this.peer = socket?.remoteAddress ?? "";
    this.scheme = socket instanceof TLSSocket ? "https" : "http";
  }

  begin(handle: RequestHandler): void {
    const stream = this.#stream;
    stream.pause();
    stream.on("data", (chunk: Buffer) => {
      if (this.#events?.onRequestData(chunk) === false) stream.pause();
      this.#events?.onDownstreamTurn();
    });
    stream.on("trailers", (_headers: IncomingHttpHeaders, _flags: number, raw: readonly string[]) => {
      this.#trailers = fieldsOf(raw);
    });
    stream.on("end", () => {
      this.#events?.onRequestEnd(this.#trailers);
      this.#events?.onDownstreamTurn();
    });
    stream.on("drain", () => this.#events?.onDownstreamDrain());
    stream.on("close", () => {
      const events = this.#events;
      this.#events = undefined;
      events?.onDownstreamGone();
    });
    const events = handle(this);
    if (!this.#ended) this.#events = events;
    if (this.request.bodyLength === 0) stream.resume();
  }

  /**
   * Called about once a second, because node:http2 does not say when it has sent the last frame; a reset before that would
   * drop the trailers. Who has the answer is told that the rest of the request is not wanted (RFC 9113 8.1); who does not
   * read it must not keep it here for ever.
   */
  sweep(now: number): void {
    if (!this.#ended) return;
    this.#endedAt ??= now;
    if (this.#stream.state.localClose === 1) this.#stream.close(constants.NGHTTP2_NO_ERROR);
    else if (now - this.#endedAt > LINGER_MS) resetStream(this.#stream, constants.NGHTTP2_CANCEL);
  }

  resumeBody(): void {
    this.#stream.resume();
    queueMicrotask(() => this.#events?.onDownstreamTurn());
  }

  pauseBody(): void {
    this.#stream.pause();
  }

  sendInformational(status: number, headers: HeaderList): void {
    this.#try((stream) => stream.additionalHeaders({ ":status": status, ...toHttp2(headers) }));
  }

  /** Without a body the head is all: gRPC tells an outcome without messages in that form and no other. */
  sendHead(head: ResponseHead): void {
    const endStream = head.bodyLength === 0;
    const options = { waitForTrailers: !endStream, endStream, sendDate: false };
    this.#try((stream) => stream.respond(withFields([":status", String(head.status)], head.headers), options as object));
  }

  /** An instance may send fields that HTTP/2 cannot carry: that breaks this stream and nothing else. */
  #try(send: (stream: ServerHttp2Stream) => void): void {
    if (this.#stream.destroyed || this.#stream.headersSent) return;
    try {
      send(this.#stream);
    } catch {
      this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }

  sendData(chunk: Buffer): boolean {
    return this.#stream.destroyed || this.#stream.write(chunk);
  }

  sendEnd(trailers: HeaderList | undefined): void {
    const stream = this.#stream;
    this.#events = undefined;
    this.#ended = true;
    if (stream.destroyed) return;
    stream.once("wantTrailers", () => stream.sendTrailers(trailers === undefined ? {} : toHttp2(trailers)));
    if (!stream.writableEnded) stream.end();
    stream.resume(); // nobody wants the rest of the request
  }

  flush(): void {}

  cut(resetCode: number = constants.NGHTTP2_INTERNAL_ERROR): void {
    this.#events = undefined;
    resetStream(this.#stream, resetCode);
  }

  takeOver(): RawConnection {
    throw new Error("HTTP/2 streams are not upgraded");
  }
}
