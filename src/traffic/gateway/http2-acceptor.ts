/** HTTP/2 connections from clients: every stream is one request. */
import { createServer, constants } from "node:http2";
import type { Http2Server, Http2Session, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { HeadLimits } from "../proxy/http1/head.ts";
import { Http2Downstream, readHead, refusedStatus } from "./http2-stream.ts";
import type { RequestHandler } from "./http1-connection.ts";

export interface Http2Options {
  readonly handle: RequestHandler;
  readonly limits: HeadLimits;
  /** An id for what is refused. */
  readonly nextId: () => string;
  /** Requests under way on all connections; more are refused, which lets clients try elsewhere or later. */
  readonly maxStreams: number;
}

const MAX_STREAMS_A_SESSION = 250;
/** Without any request, a connection is closed after this long. */
const IDLE_TIMEOUT_MS = 75_000;
/** Body bytes that a client may send before an instance takes them; so much is held for each request. */
const WINDOW_BYTES = 128 * 1024;
const SESSION_WINDOW_BYTES = 4 * 1024 * 1024;
/** Answers that a session's client has not read yet, and what HTTP/2 itself needs. */
const MAX_SESSION_MEGABYTES = 32;
/** Frames that may not come, and streams that were refused, before the session ends. */
const MAX_INVALID_FRAMES = 100;
const MAX_REJECTED_STREAMS = 100;
/** Streams that a client may open and reset at once, and how many more each second (CVE-2023-44487). */
const RESETS = { streamResetBurst: 1_000, streamResetRate: 100 };

interface Session {
  streams: number;
  /** When the last stream ended, coarse. */
  idleSince: number;
}

export class Http2Acceptor {
  readonly #options: Http2Options;
  readonly #server: Http2Server;
  readonly #sessions = new Map<Http2Session, Session>();
  readonly #streams = new Set<Http2Downstream>();
  #now: number;

  /** `now` in coarse monotonic milliseconds. */
  constructor(options: Http2Options, now: number) {
    this.#options = options;
    this.#now = now;
    this.#server = createServer(serverOptions(options.limits));
    this.#server.on("session", (session) => this.#onSession(session));
    this.#server.on("sessionError", ignore);
    this.#server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags, raw: readonly string[]) =>
      this.#onStream(stream, headers, raw),
    );
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** `bytes` were read already; undefined for a socket that has not begun to flow. */
  accept(socket: Socket, bytes?: Buffer): void {
    socket.on("error", ignore);
    socket.allowHalfOpen = false; // or node:http2 would not notice that the client has closed
    if (bytes !== undefined) {
      socket.pause(); // a flowing socket would lose what is put back
      socket.unshift(bytes);
    }
    this.#server.emit("connection", socket);
  }

  /** Called about once a second. */
  sweep(now: number): void {
    this.#now = now;
    for (const stream of this.#streams) stream.sweep(now);
    for (const [session, { streams, idleSince }] of this.#sessions) {
      if (streams > 0 || now - idleSince < IDLE_TIMEOUT_MS) continue;
      if (session.closed) session.destroy();
      else session.close();
    }
  }

  /**
   * Asks clients to go elsewhere; running streams end. The GOAWAY names the last request that is served, so a client knows that
   * one which was under way may be sent again. (An announcement before it, as RFC 9113 6.8 suggests, is not to be had:
   * nghttp2 takes no request after any GOAWAY of ours.)
   */
  drain(): void {
    for (const session of this.#sessions.keys()) if (!session.closed && !session.destroyed) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions.keys()) session.destroy();
  }

  #onSession(session: ServerHttp2Session): void {
    this.#sessions.set(session, { streams: 0, idleSince: this.#now });
    session.setLocalWindowSize(SESSION_WINDOW_BYTES);
    session.on("error", ignore);
    session.once("close", () => this.#sessions.delete(session));
  }

  #onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]): void {
    stream.on("error", ignore); // a refusal is one, too
    if (this.#streams.size >= this.#options.maxStreams) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    const status = refusedStatus(headers, this.#options.limits);
    if (status !== undefined) return refuse(stream, status, headers["x-request-id"]?.toString() ?? this.#options.nextId());
    const head = readHead(headers, raw);
    if (head === undefined) return stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
    const downstream = new Http2Downstream(stream, head);
    this.#count(stream, downstream);
    downstream.begin(this.#options.handle);
  }

  #count(stream: ServerHttp2Stream, downstream: Http2Downstream): void {
    const session = stream.session === undefined ? undefined : this.#sessions.get(stream.session);
    this.#streams.add(downstream);
    if (session !== undefined) session.streams++;
    stream.once("close", () => {
      this.#streams.delete(downstream);
      if (session === undefined) return;
      session.streams--;
      session.idleSince = this.#now;
    });
  }
}

function serverOptions(limits: HeadLimits) {
  return {
    maxSessionInvalidFrames: MAX_INVALID_FRAMES,
    maxSessionRejectedStreams: MAX_REJECTED_STREAMS,
    maxSessionMemory: MAX_SESSION_MEGABYTES,
    maxHeaderListPairs: limits.maxHeaders,
    strictSingleValueFields: false,
    ...RESETS,
    settings: {
      maxConcurrentStreams: MAX_STREAMS_A_SESSION,
      maxHeaderListSize: limits.maxHeadBytes,
      initialWindowSize: WINDOW_BYTES,
      enablePush: false,
    },
  };
}

function refuse(stream: ServerHttp2Stream, status: number, requestId: string): void {
  const error = `gateway; reason=MalformedRequest; request-id=${requestId}`;
  stream.respond({ ":status": status, "x-request-id": requestId, "kinetic-error": error }, { endStream: true });
  stream.resume();
}

const ignore = () => {};
