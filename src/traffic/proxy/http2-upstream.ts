/**
 * One request to an instance as a stream of an HTTP/2 session.
 *
 * I1 after `abort`, an end or a failure no event reaches the exchange. I2 `release` is called once, at whichever comes first.
 */
import { constants } from "node:http2";
import type { ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { HeaderList } from "./header-list.ts";
import { toHttp2, withFields } from "./http2-fields.ts";
import { resetStream } from "./http2-reset.ts";
import type { PooledSession } from "./http2-pool.ts";
import type { OutgoingRequest, RawConnection, Upstream, UpstreamEvents, UpstreamFailure } from "./message.ts";
import { UNKNOWN_LENGTH } from "./message.ts";

/** What node:http2 throws when the session stopped taking requests a moment ago. */
const CLOSED_SESSION = ["ERR_HTTP2_INVALID_SESSION", "ERR_HTTP2_GOAWAY_SESSION"];

export class Http2Upstream implements Upstream {
  readonly #pooled: PooledSession;
  readonly #release: () => void;
  readonly #isReused: boolean;
  #events: UpstreamEvents | undefined;
  #stream: ClientHttp2Stream | undefined;
  #answered = false;
  #trailers: HeaderList | undefined;

  constructor(pooled: PooledSession, events: UpstreamEvents, release: () => void) {
    this.#pooled = pooled;
    this.#isReused = pooled.served > 0;
    this.#release = release;
    this.#events = events;
  }

  sendHead(head: OutgoingRequest): void {
    const fields = [":method", head.method, ":path", head.target, ":authority", head.authority, ":scheme", "http"];
    if (head.bodyLength > 0) fields.push("content-length", String(head.bodyLength));
    const options = { endStream: head.bodyLength === 0, waitForTrailers: head.bodyLength !== 0 };
    try {
      this.#stream = this.#pooled.session.request(withFields(fields, head.headers), options as object);
      this.#listen(this.#stream, head.method);
    } catch (error) {
      // Fields that HTTP/2 cannot carry, or a session that has just closed. The exchange hears of it after this call, as of every failure.
      const { message, code = "" } = error as NodeJS.ErrnoException;
      queueMicrotask(() => this.#fail({ stage: CLOSED_SESSION.includes(code) ? "refused" : "broken", message }));
    }
  }

  #listen(stream: ClientHttp2Stream, method: string): void {
    stream.on("headers", (headers: IncomingHttpHeaders & { ":status"?: string }, _flags: number, raw: readonly string[]) => {
      this.#events?.onInformational(Number(headers[":status"]), regularFields(raw));
    });
    stream.on("response", (headers, flags, raw: readonly string[]) =>
      this.#onResponse(headers[":status"], regularFields(raw), {
        ended: (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0 || method === "HEAD",
      }),
    );
    stream.on("data", (chunk: Buffer) => {
      if (this.#events?.onResponseData(chunk) === false) stream.pause();
      this.#events?.onUpstreamTurn();
    });
    stream.on("trailers", (_headers, _flags, raw: readonly string[]) => {
      this.#trailers = regularFields(raw);
    });
    stream.on("drain", () => this.#events?.onUpstreamDrain());
    stream.on("error", (error) => this.#onBroken(stream, error.message));
    stream.on("end", () => this.#end(stream));
    stream.on("close", () => this.#onBroken(stream, "stream closed by the instance"));
  }

  #onResponse(status: number | undefined, headers: HeaderList, { ended }: { readonly ended: boolean }): void {
    this.#answered = true;
    const length = headers.get("content-length");
    // An empty body of known length may still be followed by trailers, which only an unknown length makes room for.
    if (!ended && length === "0") headers.delete("content-length");
    const bodyLength = ended ? 0 : length === undefined || length === "0" ? UNKNOWN_LENGTH : Number(length);
    this.#events?.onResponseHead({ status: status ?? 0, reason: "", headers, bodyLength });
    this.#events?.onUpstreamTurn();
  }

  /** A stream that was reset also ends; only a clean end is an answer. */
  #end(stream: ClientHttp2Stream): void {
    if (!this.#answered || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    const events = this.#settle();
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
    this.#settle();
    if (this.#stream !== undefined) resetStream(this.#stream, constants.NGHTTP2_CANCEL);
  }

  takeOver(): RawConnection {
    throw new Error("HTTP/2 streams are not upgraded");
  }

  #onBroken(stream: ClientHttp2Stream, message: string): void {
    const { session, lastStreamId } = this.#pooled;
    const byInstance = !session.destroyed && stream.rstCode !== constants.NGHTTP2_NO_ERROR;
    const untouched = stream.id === undefined || stream.id > lastStreamId || stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
    const stage = this.#answered ? "broken" : untouched ? "refused" : session.destroyed && this.#isReused ? "stale" : "broken";
    this.#fail({ stage, message, ...(byInstance ? { resetCode: stream.rstCode } : {}) });
  }

  #fail(failure: UpstreamFailure): void {
    this.#settle()?.onUpstreamFailure(failure);
  }

  /** The exchange hears one thing more at most, from what this returns. */ // I1
  #settle(): UpstreamEvents | undefined {
    const events = this.#events;
    this.#events = undefined;
    if (events !== undefined) this.#release(); // I2
    return events;
  }
}

/** Without the pseudo fields, in the order of the wire. */
function regularFields(raw: readonly string[]): HeaderList {
  const list = new HeaderList();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = "", value = ""] = [raw[index], raw[index + 1]];
    if (!name.startsWith(":")) list.push(name, name, value);
  }
  return list;
}
