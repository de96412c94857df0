import type { Duplex } from "node:stream";
import type { HeaderList } from "./header-list.ts";

/** Body of unknown length: chunked, or delimited by the end of a stream. */
export const UNKNOWN_LENGTH = -1;

/** A request as the gateway understood it, whichever HTTP version carried it. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, always beginning with `/` (or `*` for OPTIONS). */
  readonly target: string;
  /** The authority as the client wrote it. */
  readonly authority: string;
  readonly headers: HeaderList;
  readonly version: "1.0" | "1.1" | "2";
  /** Bytes, or UNKNOWN_LENGTH. */
  readonly bodyLength: number;
  readonly expectContinue: boolean;
  /** Protocol of an Upgrade request, e.g. `websocket`. */
  readonly upgrade: string | undefined;
}

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  /** Bytes, or UNKNOWN_LENGTH. */
  readonly bodyLength: number;
}

/** The raw connection after a 101, with the bytes that were read too far. */
export interface RawConnection {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** The client's half of an exchange. Implemented for HTTP/1.1 and HTTP/2 by the gateway. */
export interface Downstream {
  readonly request: RequestHead;
  /** Address of the peer, for X-Forwarded-For. */
  readonly peer: string;
  /** How the client came, for X-Forwarded-Proto. */
  readonly scheme: "http" | "https";
  /** The body flows only after the first `resumeBody`. */
  resumeBody(): void;
  pauseBody(): void;
  sendInformational(status: number, headers: HeaderList): void;
  sendHead(head: ResponseHead): void;
  /** False asks the sender to wait for `onDownstreamDrain`. */
  sendData(chunk: Buffer): boolean;
  sendEnd(trailers: HeaderList | undefined): void;
  /** Writes out what was gathered since the last flush. */
  flush(): void;
  /** Breaks off: the client sees a response that is cut. `resetCode` is the one with which the instance reset its stream. */
  cut(resetCode?: number): void;
  /** After a 101: the connection itself. HTTP/1.1 only. */
  takeOver(): RawConnection;
}

/** What a Downstream tells its exchange. */
export interface DownstreamEvents {
  /** False asks the source to pause; it resumes by `resumeBody`. */
  onRequestData(chunk: Buffer): boolean;
  onRequestEnd(trailers: HeaderList | undefined): void;
  onDownstreamDrain(): void;
  /** Everything that arrived in this turn was delivered: time to flush the other side. */
  onDownstreamTurn(): void;
  /** The client went away before the response was complete. */
  onDownstreamGone(): void;
}

/** The instance's half: one request on one connection. */
export interface Upstream {
  sendHead(head: OutgoingRequest): void;
  sendData(chunk: Buffer): boolean;
  sendEnd(trailers: HeaderList | undefined): void;
  flush(): void;
  pauseBody(): void;
  resumeBody(): void;
  /** Gives the exchange up and closes what it used. No event follows. */
  abort(): void;
  takeOver(): RawConnection;
}

/** A request as it goes to the instance: hop-by-hop fields are gone, Host is among the headers. */
export interface OutgoingRequest {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  readonly headers: HeaderList;
  readonly bodyLength: number;
  readonly upgrade: string | undefined;
}

/** Where a failure of the instance's side left the request. */
export interface UpstreamFailure {
  /**
   * `connect`: there was no connection. `refused`: the instance cannot have acted on the request. `stale`: a kept
   * connection broke before any byte of an answer. `broken`: anything later.
   */
  readonly stage: "connect" | "refused" | "stale" | "broken";
  readonly message: string;
  /** The instance itself reset the HTTP/2 stream, with this code. */
  readonly resetCode?: number;
}

export interface UpstreamEvents {
  onUpstreamReady(upstream: Upstream): void;
  onInformational(status: number, headers: HeaderList): void;
  onResponseHead(head: ResponseHead): void;
  onResponseData(chunk: Buffer): boolean;
  onResponseEnd(trailers: HeaderList | undefined): void;
  /** The instance switched protocols: both sides are raw from here. */
  onUpgraded(head: ResponseHead): void;
  onUpstreamDrain(): void;
  /** Everything that arrived in this turn was delivered: time to flush the other side. */
  onUpstreamTurn(): void;
  onUpstreamFailure(failure: UpstreamFailure): void;
}

/** Connections to instances. One for each protocol. */
export interface UpstreamPool {
  /**
   * Calls `onUpstreamReady` (maybe at once) or `onUpstreamFailure` with stage `connect`. A request that is not
   * `repeatable` gets no kept connection that its instance may be about to close.
   */
  connect(target: DialTarget, events: UpstreamEvents, repeatable: boolean): PendingConnect | undefined;
  /** Closes the idle connections to a target that is gone. */
  forget(target: DialTarget): void;
  close(): void;
}

/** A dial under way; `cancel` means no event follows. */
export interface PendingConnect {
  cancel(): void;
}

export interface DialTarget {
  readonly address: string;
  readonly port: number;
}
