/** HTTP/2 without TLS from clients that know in advance: every stream is one request. */
import { createServer, constants } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { HeadLimits } from "../proxy/http1/head.ts";
import { Http2Downstream, readHead } from "./http2-stream.ts";
import type { RequestHandler } from "./http1-connection.ts";

export interface Http2Acceptor {
  readonly sessions: number;
  /** `bytes` were read already. */
  accept(socket: Socket, bytes: Buffer): void;
  /** Asks clients to go elsewhere; running streams end. */
  drain(): void;
  destroy(): void;
}

const MAX_STREAMS = 1_000;
const IDLE_TIMEOUT_MS = 75_000;
const WINDOW_BYTES = 1024 * 1024;
/** Rapid resets and other abuse end the session when this many streams were refused or reset by the peer. */
const MAX_INVALID_FRAMES = 100;

export function createHttp2Acceptor(handle: RequestHandler, limits: HeadLimits): Http2Acceptor {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({
    maxSessionInvalidFrames: MAX_INVALID_FRAMES,
    maxHeaderListPairs: limits.maxHeaders,
    strictSingleValueFields: false,
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: limits.maxHeadBytes,
      initialWindowSize: WINDOW_BYTES,
      enablePush: false,
    },
  });
  server.on("session", (session) => {
    sessions.add(session);
    session.setLocalWindowSize(WINDOW_BYTES * 4);
    session.setTimeout(IDLE_TIMEOUT_MS, () => session.close());
    session.on("error", ignore);
    session.once("close", () => sessions.delete(session));
  });
  server.on("sessionError", ignore);
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags, raw: readonly string[]) => {
    const head = readHead(headers, raw, limits);
    if (head === undefined) return stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
    new Http2Downstream(stream, head).begin(handle);
  });
  return {
    get sessions() {
      return sessions.size;
    },
    accept(socket, bytes) {
      socket.on("error", ignore);
      socket.pause(); // a flowing socket would lose what is put back
      socket.unshift(bytes);
      server.emit("connection", socket);
    },
    drain: () => sessions.forEach((session) => session.close()),
    destroy: () => sessions.forEach((session) => session.destroy()),
  };
}

const ignore = () => {};
