/**
 * Sessions to instances over HTTP/2 without TLS (`h2c` ports). A target has as many as its limit of concurrent streams asks
 * for: a stream that waits in a session behind others that never end would wait for ever.
 */
import { connect as connectSession } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import type { Clock } from "../../std/clock.ts";
import { Http2Upstream } from "./http2-upstream.ts";
import type { DialTarget, PendingConnect, UpstreamEvents, UpstreamPool } from "./message.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** A field that a client repeats is the instance's to judge, as over HTTP/1.1. */
const SESSION_OPTIONS = { strictSingleValueFields: false, settings: { enablePush: false, initialWindowSize: 1024 * 1024 } };
/** Until the instance has told its own (RFC 9113 6.5.2 recommends at least so many), and the most that we use of it. */
const ASSUMED_STREAMS = 100;
const MAX_STREAMS = 1_000;

/** One session and the streams that it carries or has promised to carry. */
export class PooledSession {
  readonly session: ClientHttp2Session;
  streams = 0;
  /** Streams that it has carried to their end. */
  served = 0;
  /** What the instance's GOAWAY said: later streams were not acted on. */
  lastStreamId = Number.POSITIVE_INFINITY;
  #limit = ASSUMED_STREAMS;

  constructor(session: ClientHttp2Session) {
    this.session = session;
    session.on("remoteSettings", ({ maxConcurrentStreams = MAX_STREAMS }) => {
      this.#limit = Math.max(1, Math.min(maxConcurrentStreams, MAX_STREAMS));
    });
    session.on("goaway", (_code, lastStreamId) => void (this.lastStreamId = lastStreamId));
  }

  get isUsable(): boolean {
    return !this.session.closed && !this.session.destroyed && this.lastStreamId === Number.POSITIVE_INFINITY;
  }

  get hasRoom(): boolean {
    return this.streams < this.#limit;
  }
}

export class Http2Pool implements UpstreamPool {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, PooledSession[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connect(target: DialTarget, events: UpstreamEvents): PendingConnect | undefined {
    const pooled = this.#sessionTo(target);
    const release = this.#reserve(target, pooled);
    if (!pooled.session.connecting) {
      events.onUpstreamReady(new Http2Upstream(pooled, events, release));
      return undefined;
    }
    return this.#whenConnected(pooled, {
      connected: () => events.onUpstreamReady(new Http2Upstream(pooled, events, release)),
      failed: () => {
        release();
        events.onUpstreamFailure({ stage: "connect", message: "connection to the instance failed" });
      },
      cancelled: release,
    });
  }

  forget(target: DialTarget): void {
    const key = keyOf(target);
    for (const { session } of this.#sessions.get(key) ?? []) session.close();
    this.#sessions.delete(key);
  }

  close(): void {
    for (const sessions of this.#sessions.values()) for (const { session } of sessions) session.destroy();
    this.#sessions.clear();
  }

  #whenConnected({ session }: PooledSession, outcome: { connected(): void; failed(): void; cancelled(): void }): PendingConnect {
    const timer = this.#clock.setTimer(CONNECT_TIMEOUT_MS, () => session.destroy());
    const dismiss = () => {
      timer[Symbol.dispose]();
      session.removeListener("connect", onConnect);
      session.removeListener("close", onClose);
    };
    const onConnect = () => {
      dismiss();
      outcome.connected();
    };
    const onClose = () => {
      dismiss();
      outcome.failed();
    };
    session.on("connect", onConnect);
    session.on("close", onClose);
    const cancel = () => {
      dismiss();
      outcome.cancelled();
    };
    return { cancel };
  }

  /** Counts a stream; the returned function, called once at its end, gives the place back and closes a session too many. */
  #reserve(target: DialTarget, pooled: PooledSession): () => void {
    pooled.streams++;
    return () => {
      pooled.streams--;
      pooled.served++;
      const others = this.#sessions.get(keyOf(target)) ?? [];
      if (pooled.streams === 0 && others.some((other) => other !== pooled && other.isUsable && other.hasRoom)) pooled.session.close();
    };
  }

  #sessionTo(target: DialTarget): PooledSession {
    const key = keyOf(target);
    const known = this.#sessions.get(key) ?? [];
    const found = known.find((pooled) => pooled.isUsable && pooled.hasRoom);
    if (found !== undefined) return found;
    const pooled = new PooledSession(connectSession(`http://${authorityOf(target)}`, SESSION_OPTIONS));
    pooled.session.setMaxListeners(0);
    pooled.session.on("error", ignore);
    pooled.session.on("close", () => this.#drop(key, pooled));
    this.#sessions.set(key, [...known.filter(({ session }) => !session.destroyed), pooled]);
    return pooled;
  }

  #drop(key: string, pooled: PooledSession): void {
    const rest = (this.#sessions.get(key) ?? []).filter((other) => other !== pooled);
    if (rest.length === 0) this.#sessions.delete(key);
    else this.#sessions.set(key, rest);
  }
}

const keyOf = (target: DialTarget): string => `${target.address}|${target.port}`;
const authorityOf = ({ address, port }: DialTarget): string => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`);
const ignore = () => {};
