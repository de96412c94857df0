/**
 * One HTTP/1.1 connection to an instance; it carries one request at a time.
 *
 * I1 after `abort` or a failure no event reaches the exchange. I2 the connection is kept only if the answer was complete,
 * framed by a length or chunks, and the request had been sent to its end. I3 bytes that come while no request is
 * under way close it.
 */
import type { Socket } from "node:net";
import type { HeaderList } from "../header-list.ts";
import type { OutgoingRequest, RawConnection, Upstream, UpstreamEvents, UpstreamFailure } from "../message.ts";
import { UNKNOWN_LENGTH } from "../message.ts";
import type { BodyDecoder } from "./body.ts";
import { bodyDecoder } from "./body.ts";
import { HeadBuffer } from "./head-buffer.ts";
import { defaultHeadLimits, parseResponseHead } from "./head.ts";
import { Outbox, fieldLines } from "./outbox.ts";

export interface ConnectionOwner {
  /** The exchange is over and the connection can carry another. */
  onIdle(connection: UpstreamConnection): void;
  onClosed(connection: UpstreamConnection): void;
}

/** Methods whose requests usually have a body: an absent one is said to be empty. */
const BODY_METHODS = new Set(["POST", "PUT", "PATCH"]);

export class UpstreamConnection implements Upstream {
  readonly key: string;
  /** Monotonic milliseconds of the last return to the pool; the pool's own note. */
  idleSince = 0;
  /** How long the instance keeps the connection without a request, as it said with its last answer; milliseconds. */
  keptForMs: number | undefined;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #outbox: Outbox;
  readonly #heads = new HeadBuffer(defaultHeadLimits.maxHeadBytes);
  #events: UpstreamEvents | undefined;
  #body: BodyDecoder | undefined;
  #method = "";
  #upgrading = false;
  #chunkedRequest = false;
  #requestSent = false;
  #keepAlive = false;
  #closeDelimited = false;
  #reused = false;
  #answered = false;
  #closed = false;
  /** What came behind a 101. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(key: string, socket: Socket, owner: ConnectionOwner) {
    this.key = key;
    this.#socket = socket;
    this.#owner = owner;
    this.#outbox = new Outbox(socket);
    this.#listen("on");
  }

  #listen(verb: "on" | "removeListener"): void {
    this.#socket[verb]("data", this.#onData);
    this.#socket[verb]("end", this.#onEnd);
    this.#socket[verb]("drain", this.#onDrain);
    this.#socket[verb]("error", this.#onError);
    this.#socket[verb]("close", this.#onClose);
  }

  /** The next exchange. `reused`: the connection has carried others. */
  begin(events: UpstreamEvents, reused: boolean): void {
    this.#events = events;
    this.#reused = reused;
    this.#answered = false;
    this.#requestSent = false;
    this.#body = undefined;
    this.#outbox.wrote = false;
  }

  sendHead(head: OutgoingRequest): void {
    this.#method = head.method;
    this.#upgrading = head.upgrade !== undefined;
    this.#chunkedRequest = head.bodyLength === UNKNOWN_LENGTH;
    const upgrade = head.upgrade === undefined ? "" : `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`;
    this.#outbox.text(`${head.method} ${head.target} HTTP/1.1\r\n${fieldLines(head.headers)}${lengthLine(head)}${upgrade}\r\n`);
    if (head.bodyLength === 0) this.#requestSent = true;
  }

  sendData(chunk: Buffer): boolean {
    return this.#chunkedRequest ? this.#outbox.chunk(chunk) : this.#outbox.data(chunk);
  }

  sendEnd(trailers: HeaderList | undefined): void {
    if (this.#chunkedRequest) this.#outbox.text(`0\r\n${trailers === undefined ? "" : fieldLines(trailers)}\r\n`);
    this.#requestSent = true;
  }

  flush(): void {
    this.#outbox.flush();
  }

  pauseBody(): void {
    this.#socket.pause();
  }

  resumeBody(): void {
    this.#socket.resume();
  }

  abort(): void {
    this.#events = undefined; // I1
    this.#socket.destroy();
  }

  takeOver(): RawConnection {
    this.#events = undefined;
    this.#listen("removeListener");
    this.#owner.onClosed(this);
    return { socket: this.#socket, head: this.#rest };
  }

  readonly #onData = (buffer: Buffer): void => {
    if (this.#events === undefined) {
      this.#socket.destroy(); // I3
      return;
    }
    this.#answered = true;
    const events = this.#events;
    let offset = 0;
    while (offset < buffer.length && this.#events === events) {
      const next = this.#body === undefined ? this.#readHead(events, buffer, offset) : this.#readBody(events, this.#body, buffer, offset);
      if (next === undefined) return;
      offset = next;
    }
    if (this.#events === events) events.onUpstreamTurn();
  };

  /** Where reading goes on; undefined when this connection is over. */
  #readHead(events: UpstreamEvents, buffer: Buffer, offset: number): number | undefined {
    const read = this.#heads.push(buffer, offset);
    if (read.kind === "incomplete") return buffer.length;
    if (read.kind === "malformed") return this.#fail(read.reason);
    const parsed = parseResponseHead(read.text, this.#method);
    if (parsed.kind === "malformed") return this.#fail(parsed.reason);
    const { head } = parsed;
    if (head.status === 101) return this.#switch(events, head, buffer.subarray(read.offset));
    if (head.status < 200) {
      if (!parsed.keepAlive) return this.#fail("an informational answer that ends the connection");
      events.onInformational(head.status, head.headers);
      return read.offset;
    }
    this.#keepAlive = parsed.keepAlive;
    this.keptForMs = keepAliveTimeoutMs(head.headers.get("keep-alive"));
    this.#closeDelimited = head.bodyLength === UNKNOWN_LENGTH && !head.headers.has("transfer-encoding");
    const body = bodyDecoder(head.bodyLength, this.#closeDelimited, this);
    this.#body = body;
    events.onResponseHead(head);
    if (body.done) this.#complete(events, read.offset < buffer.length);
    return read.offset;
  }

  #readBody(events: UpstreamEvents, body: BodyDecoder, buffer: Buffer, offset: number): number | undefined {
    const next = body.push(buffer, offset);
    if (typeof next !== "number") return this.#fail(next.reason);
    if (body.done && this.#events === events) this.#complete(events, next < buffer.length);
    return next;
  }

  onBodyData(chunk: Buffer): void {
    if (this.#events?.onResponseData(chunk) === false) this.#socket.pause();
  }

  #switch(events: UpstreamEvents, head: Parameters<UpstreamEvents["onUpgraded"]>[0], rest: Buffer): undefined {
    if (!this.#upgrading) return this.#fail("unexpected 101");
    this.#rest = rest;
    events.onUpgraded(head);
    return undefined;
  }

  #complete(events: UpstreamEvents, surplus: boolean): void {
    const reusable = this.#keepAlive && this.#requestSent && !surplus && !this.#closed; // I2
    this.#events = undefined;
    if (reusable) {
      this.#socket.resume();
      this.#owner.onIdle(this);
    } else this.#socket.destroy();
    events.onResponseEnd(this.#body?.trailers);
    events.onUpstreamTurn();
  }

  readonly #onEnd = (): void => {
    const events = this.#events;
    if (events !== undefined && this.#body !== undefined && this.#closeDelimited) return this.#complete(events, true);
    this.#fail("connection closed by the instance");
  };

  readonly #onDrain = (): void => {
    this.#outbox.drained();
    this.#events?.onUpstreamDrain();
  };

  readonly #onError = (error: Error): void => this.#fail(error.message);

  readonly #onClose = (): void => {
    this.#closed = true;
    this.#owner.onClosed(this);
    this.#fail("connection closed by the instance");
  };

  #fail(message: string): undefined {
    const events = this.#events;
    this.#events = undefined; // I1
    this.#socket.destroy();
    events?.onUpstreamFailure({ stage: this.#stage(), message });
  }

  #stage(): UpstreamFailure["stage"] {
    if (this.#answered) return "broken";
    if (!this.#outbox.wrote) return "refused";
    return this.#reused ? "stale" : "broken";
  }
}

/** `timeout=N` of a Keep-Alive field, in milliseconds. */
function keepAliveTimeoutMs(field: string | undefined): number | undefined {
  const seconds = field === undefined ? undefined : /(?:^|[\s,])timeout="?(\d{1,6})/i.exec(field)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function lengthLine(head: OutgoingRequest): string {
  if (head.bodyLength === UNKNOWN_LENGTH) return "Transfer-Encoding: chunked\r\n";
  return head.bodyLength > 0 || BODY_METHODS.has(head.method) ? `Content-Length: ${head.bodyLength}\r\n` : "";
}
