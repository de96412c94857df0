/**
 * One HTTP/1.1 connection from a client. Requests on it are served one after the other.
 *
 * I1 a request that cannot be parsed is answered once and ends the connection: whatever follows it is not read.
 * I2 the next request is parsed only after the answer to the last has ended, so answers keep their order.
 * I3 a body that its exchange did not want to the end closes the connection after the answer.
 * I4 the socket's reading stops while more is buffered than an exchange takes.
 */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { BodyDecoder } from "../proxy/http1/body.ts";
import { bodyDecoder } from "../proxy/http1/body.ts";
import { HeadBuffer } from "../proxy/http1/head-buffer.ts";
import type { HeadLimits, Malformed } from "../proxy/http1/head.ts";
import { parseRequestHead } from "../proxy/http1/head.ts";
import { Outbox, fieldLines } from "../proxy/http1/outbox.ts";
import type { HeaderList } from "../proxy/header-list.ts";
import type { Downstream, DownstreamEvents, RawConnection, RequestHead, ResponseHead } from "../proxy/message.ts";
import { UNKNOWN_LENGTH } from "../proxy/message.ts";
import { malformedAnswer, reasonPhrase } from "./status-text.ts";

/** Takes a request; what it returns hears the rest of it. */
export type RequestHandler = (downstream: Downstream) => DownstreamEvents | undefined;

/** Who owns the connections of a listener. */
export interface ConnectionHost {
  readonly limits: HeadLimits;
  readonly handle: RequestHandler;
  /** An id for what is not a request. */
  readonly nextId: () => string;
  /** No further request is wanted: answers carry `Connection: close`. */
  readonly draining: boolean;
  /** A coarse monotonic time in milliseconds, for what may take seconds. */
  readonly coarseNow: number;
}

/** How long a connection may stay in a state before it is closed, milliseconds. */
const HEAD_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 75_000;
const LINGER_MS = 2_000;

const MAX_BUFFERED_BYTES = 256 * 1024;
const nothing = Buffer.alloc(0);

export class Http1Connection implements Downstream {
  request!: RequestHead;
  readonly peer: string;
  readonly scheme: "http" | "https";
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #outbox: Outbox;
  readonly #heads: HeadBuffer;
  #events: DownstreamEvents | undefined;
  #body: BodyDecoder | undefined;
  /** Bytes that came before someone wanted them. */
  #held: Buffer = nothing;
  #busy = false;
  /** Whether it has carried a request. */
  #served = false;
  /** When the present state began, coarse. */
  #since: number;
  #bodyWanted = false;
  #keepAlive = true;
  #chunkedAnswer = false;
  /** The answer's end is told by a length or chunks, not by the end of the connection. */
  #framed = false;
  #closing = false;
  #reading = false;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#since = host.coarseNow;
    this.peer = socket.remoteAddress ?? "";
    this.scheme = socket instanceof TLSSocket ? "https" : "http";
    this.#outbox = new Outbox(socket);
    this.#heads = new HeadBuffer(host.limits.maxHeadBytes);
    this.#listen("on");
  }

  #listen(verb: "on" | "removeListener"): void {
    this.#socket[verb]("data", this.#onData);
    this.#socket[verb]("end", this.#onGone);
    this.#socket[verb]("close", this.#onGone);
    this.#socket[verb]("error", this.#onError);
    this.#socket[verb]("drain", this.#onDrain);
  }

  /** Waiting for a first or further request, with nothing of it here. */
  get idle(): boolean {
    return !this.#busy && !this.#heads.started;
  }

  /** The listener stops: an idle connection closes now, a busy one after its answer. */
  drain(): void {
    if (this.idle) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Called about once a second: ends what takes too long. */
  sweep(now: number): void {
    if (this.#busy) return;
    const age = now - this.#since;
    const lingering = this.#closing && this.#socket.writableLength === 0;
    if (lingering ? age > LINGER_MS : this.#closing && age > IDLE_TIMEOUT_MS) return void this.#socket.destroy();
    if (this.#closing) return;
    if (this.#heads.started && age > HEAD_TIMEOUT_MS) this.#refuse(408, "request head did not arrive in time");
    else if (age > (this.#served ? IDLE_TIMEOUT_MS : HEAD_TIMEOUT_MS)) this.#socket.destroy();
  }

  /** The bytes by which the listener recognised HTTP/1.1. */
  begin(first: Buffer): void {
    this.#onData(first);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#closing) return;
    if (!this.#busy && !this.#heads.started) this.#since = this.#host.coarseNow;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#read();
  };

  /** Consumes what is held as far as the state allows. */
  #read(): void {
    if (this.#reading) return; // the loop below is already running and sees what changed
    this.#reading = true;
    while (this.#held.length > 0 && !this.#closing) {
      const before = this.#held;
      const next = this.#step(before);
      if (next === undefined || this.#closing) break;
      this.#held = next >= before.length ? nothing : before.subarray(next);
    }
    this.#reading = false;
    this.#events?.onDownstreamTurn();
    if (this.#held.length > MAX_BUFFERED_BYTES || (this.#held.length > 0 && this.#busy)) this.#socket.pause(); // I4
    else if (!this.#busy) this.#socket.resume();
  }

  /** How much of `buffer` was used; undefined when reading must wait. */
  #step(buffer: Buffer): number | undefined {
    if (!this.#busy) return this.#readHead(buffer);
    if (!this.#bodyWanted || this.#body === undefined || this.#body.done) return undefined; // I2
    return this.#readBody(this.#body, buffer);
  }

  #readHead(buffer: Buffer): number | undefined {
    const read = this.#heads.push(buffer, 0);
    if (read.kind === "incomplete") return buffer.length;
    const parsed = read.kind === "head" ? parseRequestHead(read.text, this.#host.limits) : read;
    if (parsed.kind === "malformed") return this.#refuseMalformed(parsed);
    this.request = parsed.head;
    this.#keepAlive = parsed.keepAlive;
    this.#busy = true;
    this.#bodyWanted = false;
    this.#body = bodyDecoder(parsed.head.bodyLength, false, this);
    this.#held = buffer.subarray(read.kind === "head" ? read.offset : 0);
    this.#events = undefined;
    const events = this.#host.handle(this);
    if (this.#busy) this.#events = events;
    return buffer.length - this.#held.length;
  }

  #readBody(body: BodyDecoder, buffer: Buffer): number | undefined {
    const next = body.push(buffer, 0);
    if (typeof next !== "number") {
      this.#events?.onDownstreamGone();
      return this.#refuseMalformed(next);
    }
    if (body.done) this.#events?.onRequestEnd(body.trailers);
    return next;
  }

  onBodyData(chunk: Buffer): void {
    if (this.#events?.onRequestData(chunk) === false) this.pauseBody();
  }

  resumeBody(): void {
    if (!this.#busy || this.#body?.done === true) return;
    this.#bodyWanted = true;
    this.#socket.resume();
    queueMicrotask(() => this.#read()); // also without bytes: the turn flushes the head to the instance
  }

  pauseBody(): void {
    this.#bodyWanted = false;
    this.#socket.pause();
  }

  sendInformational(status: number, headers: HeaderList): void {
    if (this.request.version === "1.0") return;
    this.#outbox.text(`HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${fieldLines(headers)}\r\n`);
  }

  sendHead(head: ResponseHead): void {
    const { status, headers } = head;
    const unknown = head.bodyLength === UNKNOWN_LENGTH;
    this.#chunkedAnswer = unknown && this.request.version === "1.1";
    this.#framed = !unknown || this.#chunkedAnswer;
    if ((unknown && !this.#chunkedAnswer) || this.#host.draining) this.#keepAlive = false;
    if (this.#body?.done !== true) this.#keepAlive = false; // I3
    const framing = this.#chunkedAnswer ? "Transfer-Encoding: chunked\r\n" : "";
    const line = `HTTP/1.1 ${status} ${head.reason === "" ? reasonPhrase(status) : head.reason}\r\n`;
    this.#outbox.text(`${line}${fieldLines(headers)}${framing}${status === 101 ? "" : this.#connectionLine()}\r\n`);
  }

  #connectionLine(): string {
    if (!this.#keepAlive) return "Connection: close\r\n";
    return this.request.version === "1.0" ? "Connection: keep-alive\r\n" : "";
  }

  sendData(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    return this.#chunkedAnswer ? this.#outbox.chunk(chunk) : this.#outbox.data(chunk);
  }

  sendEnd(trailers: HeaderList | undefined): void {
    if (this.#chunkedAnswer) this.#outbox.text(`0\r\n${trailers === undefined ? "" : fieldLines(trailers)}\r\n`);
    this.#events = undefined;
    this.#busy = false;
    this.#served = true;
    this.#since = this.#host.coarseNow;
    if (!this.#keepAlive) return this.#close();
    if (this.#held.length > 0) queueMicrotask(() => this.#read());
  }

  flush(): void {
    this.#outbox.flush();
  }

  cut(): void {
    if (this.#framed) return this.#close(); // too short for its framing, and the client sees that
    this.#events = undefined;
    if (this.scheme === "https") this.#socket.destroy(); // without a close_notify, which tells the client as much
    else this.#socket.resetAndDestroy();
  }

  takeOver(): RawConnection {
    this.#listen("removeListener");
    this.#closing = true;
    const head = this.#held;
    this.#held = nothing;
    return { socket: this.#socket, head };
  }

  #refuseMalformed(problem: Malformed): undefined {
    this.#refuse(problem.status, problem.reason);
  }

  #refuse(status: number, reason: string): void {
    this.#events = undefined;
    const known = this.#busy ? this.request.headers.get("x-request-id") : undefined;
    this.#outbox.text(malformedAnswer(status, reason, known ?? this.#host.nextId())); // I1
    this.#close();
  }

  /** Sends the rest and closes; bytes of the client that are still under way are swallowed, so that it can read the answer. */
  #close(): void {
    this.#closing = true;
    this.#since = this.#host.coarseNow;
    this.#events = undefined;
    this.#held = nothing;
    this.#outbox.flush();
    this.#socket.end();
    this.#socket.resume();
  }

  readonly #onGone = (): void => {
    const events = this.#events;
    this.#events = undefined;
    this.#closing = true;
    events?.onDownstreamGone();
    this.#socket.end();
    if (!this.#socket.writableNeedDrain) this.#socket.destroySoon();
  };

  readonly #onError = (): void => this.#onGone();

  readonly #onDrain = (): void => {
    this.#outbox.drained();
    this.#events?.onDownstreamDrain();
  };
}
