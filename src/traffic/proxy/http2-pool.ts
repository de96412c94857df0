/** Requests to instances over HTTP/2 without TLS (`h2c` ports): one session a target, streams as needed. */
import { connect as connectSession, constants } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import type { Clock } from "../../std/clock.ts";
import { HeaderList } from "./header-list.ts";
import { toHttp2 } from "./http2-fields.ts";
import type { DialTarget, OutgoingRequest, PendingConnect, RawConnection, Upstream, UpstreamEvents, UpstreamPool } from "./message.ts";
import { UNKNOWN_LENGTH } from "./message.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** A field that a client repeats is the instance's to judge, as over HTTP/1.1. */
const SESSION_OPTIONS = { strictSingleValueFields: false, settings: { enablePush: false, initialWindowSize: 1024 * 1024 } };

export class Http2Pool implements UpstreamPool {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, ClientHttp2Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connect(target: DialTarget, events: UpstreamEvents): PendingConnect | undefined {
    const session = this.#sessionTo(target);
    if (!session.connecting) {
      events.onUpstreamReady(new Http2Upstream(session, events));
      return undefined;
    }
    const timer = this.#clock.setTimer(CONNECT_TIMEOUT_MS, () => session.destroy());
    const dismiss = () => {
      timer[Symbol.dispose]();
      session.removeListener("connect", onConnect);
      session.removeListener("close", onClose);
    };
    const onConnect = () => {
      dismiss();
      events.onUpstreamReady(new Http2Upstream(session, events));
    };
    const onClose = () => {
      dismiss();
      events.onUpstreamFailure({ stage: "connect", message: "connection to the instance failed" });
    };
    session.on("connect", onConnect);
    session.on("close", onClose);
    return { cancel: dismiss };
  }

  forget(target: DialTarget): void {
    const key = keyOf(target);
    this.#sessions.get(key)?.close();
    this.#sessions.delete(key);
  }

  close(): void {
    for (const session of this.#sessions.values()) session.destroy();
    this.#sessions.clear();
  }

  #sessionTo(target: DialTarget): ClientHttp2Session {
    const key = keyOf(target);
    const known = this.#sessions.get(key);
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const authority = target.address.includes(":") ? `[${target.address}]:${target.port}` : `${target.address}:${target.port}`;
    const session = connectSession(`http://${authority}`, SESSION_OPTIONS);
    session.setMaxListeners(0);
    session.on("error", ignore);
    const drop = () => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    };
    session.on("close", drop);
    session.on("goaway", drop);
    this.#sessions.set(key, session);
    return session;
  }
}

const keyOf = (target: DialTarget): string => `${target.address}|${target.port}`;
const ignore = () => {};

class Http2Upstream implements Upstream {
  readonly #session: ClientHttp2Session;
  #events: UpstreamEvents | undefined;
  #stream: ClientHttp2Stream | undefined;
  #answered = false;
  #trailers: HeaderList | undefined;

  constructor(session: ClientHttp2Session, events: UpstreamEvents) {
    this.#session = session;
    this.#events = events;
  }

  sendHead(head: OutgoingRequest): void {
    const length = head.bodyLength > 0 ? { "content-length": head.bodyLength } : {};
    const pseudo = { ":method": head.method, ":path": head.target, ":authority": head.authority, ":scheme": "http" };
    const options = { endStream: head.bodyLength === 0, waitForTrailers: head.bodyLength !== 0 };
    try {
      this.#stream = this.#session.request({ ...pseudo, ...toHttp2(head.headers), ...length }, options as object);
      this.#listen(this.#stream, head.method);
    } catch (error) {
      // Fields that HTTP/2 cannot carry. The exchange hears of it after this call, as of every failure.
      queueMicrotask(() => this.#fail(error instanceof Error ? error.message : String(error)));
    }
  }

  #listen(stream: ClientHttp2Stream, method: string): void {
    stream.on("headers", (headers: IncomingHttpHeaders & { ":status"?: string }) => {
      this.#events?.onInformational(Number(headers[":status"]), regularFields(headers));
    });
    stream.on("response", (headers, flags) => {
      this.#answered = true;
      const list = regularFields(headers);
      const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0 || method === "HEAD";
      const length = list.get("content-length");
      const bodyLength = ended ? 0 : length === undefined ? UNKNOWN_LENGTH : Number(length);
      this.#events?.onResponseHead({ status: Number(headers[":status"]), reason: "", headers: list, bodyLength });
      this.#events?.onUpstreamTurn();
    });
    stream.on("data", (chunk: Buffer) => {
      if (this.#events?.onResponseData(chunk) === false) stream.pause();
      this.#events?.onUpstreamTurn();
    });
    stream.on("trailers", (headers) => {
      this.#trailers = regularFields(headers);
    });
    stream.on("drain", () => this.#events?.onUpstreamDrain());
    stream.on("error", (error) => this.#fail(error.message));
    stream.on("end", () => this.#end(stream));
    stream.on("close", () => this.#fail("stream closed by the instance"));
  }

  /** A stream that was reset also ends; only a clean end is an answer. */
  #end(stream: ClientHttp2Stream): void {
    if (!this.#answered || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    const events = this.#events;
    this.#events = undefined;
    events?.onResponseEnd(this.#trailers);
    events?.onUpstreamTurn();
    if (!stream.writableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  sendData(chunk: Buffer): boolean {
    return this.#stream === undefined || this.#stream.destroyed || this.#stream.write(chunk);
  }

  sendEnd(trailers: HeaderList | undefined): void {
    const stream = this.#stream;
    if (stream === undefined || stream.destroyed) return;
    stream.once("wantTrailers", () => stream.sendTrailers(trailers === undefined ? {} : toHttp2(trailers)));
    stream.end();
  }

  flush(): void {}

  pauseBody(): void {
    this.#stream?.pause();
  }

  resumeBody(): void {
    this.#stream?.resume();
  }

  abort(): void {
    this.#events = undefined;
    this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  takeOver(): RawConnection {
    throw new Error("HTTP/2 streams are not upgraded");
  }

  #fail(message: string): void {
    const events = this.#events;
    this.#events = undefined;
    const refused = !this.#answered && this.#stream?.rstCode === constants.NGHTTP2_REFUSED_STREAM;
    events?.onUpstreamFailure({ stage: refused ? "refused" : "broken", message });
  }
}

function regularFields(headers: IncomingHttpHeaders): HeaderList {
  const list = new HeaderList();
  for (const name of Object.keys(headers)) {
    if (name.startsWith(":")) continue;
    const value = headers[name];
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) list.push(name, name, one);
  }
  return list;
}
