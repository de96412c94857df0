/**
 * One listening socket for HTTP/1.1 and HTTP/2. Without TLS the first bytes tell them apart (prior knowledge, RFC 9113 3.3;
 * `Upgrade: h2c` is deprecated and ignored), with TLS the protocol that was negotiated.
 */
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { SecureContext } from "node:tls";
import type { KeyPair } from "../../security/certificates.ts";
import type { Clock, Timer } from "../../std/clock.ts";
import type { HeadLimits } from "../proxy/http1/head.ts";
import { MIN_TLS_VERSION } from "./host-certificates.ts";
import type { ConnectionHost, RequestHandler } from "./http1-connection.ts";
import { Http1Connection } from "./http1-connection.ts";
import { Http2Acceptor } from "./http2-acceptor.ts";

export interface ListenerOptions {
  readonly clock: Clock;
  readonly limits: HeadLimits;
  readonly handle: RequestHandler;
  readonly nextId: () => string;
  readonly maxConnections: number;
  /** Without it the listener speaks plain HTTP. */
  readonly tls?: TlsSetup | undefined;
}

export interface TlsSetup {
  /** For clients that name no host, or one for which there is no other. */
  readonly certificate: KeyPair;
  contextOf(serverName: string): Promise<SecureContext | undefined>;
}

export interface BindAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

const SWEEP_MS = 1_000;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DRAIN_POLL_MS = 50;

export class Listener implements ConnectionHost {
  readonly limits: HeadLimits;
  readonly handle: RequestHandler;
  readonly nextId: () => string;
  draining = false;
  coarseNow: number;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #http1 = new Map<Socket, Http1Connection>();
  /** Connections that have not said yet what they speak, with the time they came. */
  readonly #silent = new Map<Socket, number>();
  /** Every connection as the system knows it: with TLS, also those that have not agreed on keys yet. */
  readonly #sockets = new Set<Socket>();
  readonly #http2: Http2Acceptor;
  #sweeper: Timer;

  constructor(options: ListenerOptions) {
    this.limits = options.limits;
    this.handle = options.handle;
    this.nextId = options.nextId;
    this.#clock = options.clock;
    this.coarseNow = options.clock.monotonicMs();
    this.#http2 = new Http2Acceptor({ ...options, maxStreams: options.maxConnections }, this.coarseNow);
    this.#server =
      options.tls === undefined
        ? createServer(SOCKET_OPTIONS, (socket) => this.#accept(socket))
        : createTlsServer({ ...SOCKET_OPTIONS, ...tlsOptions(options.tls) }, (socket) => {
            if (socket.alpnProtocol === "h2") this.#http2.accept(socket);
            else this.#accept(socket);
          });
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#server.maxConnections = options.maxConnections;
    this.#sweeper = this.#armSweeper();
  }

  /** Rejects with the system's error when the address is taken. */
  listen(address: BindAddress): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ ...address, backlog: 1024 }, () => {
        this.#server.removeListener("error", reject);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Accepts nothing new, lets requests end until `deadlineMs` from now, then cuts the rest. */
  async close(deadlineMs: number): Promise<void> {
    this.draining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#silent.keys()) socket.destroy();
    const until = this.#clock.monotonicMs() + deadlineMs;
    while (this.#connections > 0 && this.#clock.monotonicMs() < until) {
      for (const connection of this.#http1.values()) connection.drain();
      this.#http2.drain();
      if (this.#connections > 0) await pause(this.#clock, DRAIN_POLL_MS);
    }
    for (const socket of this.#http1.keys()) socket.destroy();
    this.#http2.destroy();
    for (const socket of this.#sockets) socket.destroy();
    this.#sweeper[Symbol.dispose]();
    await closed;
  }

  get #connections(): number {
    return this.#http1.size + this.#http2.sessions;
  }

  #accept(socket: Socket): void {
    this.#silent.set(socket, this.coarseNow);
    let seen = "";
    const onData = (chunk: Buffer) => {
      seen += chunk.toString("latin1");
      if (seen.length < 3 && PREFACE.startsWith(seen)) return;
      release();
      const bytes = Buffer.from(seen, "latin1");
      if (isPreface(seen)) this.#http2.accept(socket, bytes);
      else this.#serveHttp1(socket, bytes);
    };
    const onClose = () => {
      release();
      socket.destroy();
    };
    const release = () => {
      this.#silent.delete(socket);
      socket.removeListener("data", onData);
      for (const name of ["end", "error", "close"]) socket.removeListener(name, onClose);
    };
    for (const name of ["end", "error", "close"]) socket.on(name, onClose);
    socket.on("data", onData);
  }

  #serveHttp1(socket: Socket, bytes: Buffer): void {
    const connection = new Http1Connection(socket, this);
    this.#http1.set(socket, connection);
    socket.once("close", () => this.#http1.delete(socket));
    connection.begin(bytes);
  }

  #armSweeper(): Timer {
    const timer = this.#clock.setTimer(SWEEP_MS, () => {
      this.coarseNow = this.#clock.monotonicMs();
      for (const connection of this.#http1.values()) connection.sweep(this.coarseNow);
      this.#http2.sweep(this.coarseNow);
      for (const [socket, since] of this.#silent) if (this.coarseNow - since > 10 * SWEEP_MS) socket.destroy();
      this.#sweeper = this.#armSweeper();
    });
    timer.unref();
    return timer;
  }
}

const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true };
const HANDSHAKE_TIMEOUT_MS = 10_000;

function tlsOptions({ certificate, contextOf }: TlsSetup) {
  return {
    key: certificate.key,
    cert: certificate.certificate,
    ALPNProtocols: ["h2", "http/1.1"],
    minVersion: MIN_TLS_VERSION,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => void answerWith(contextOf(name), done),
  } as const;
}

async function answerWith<T>(value: Promise<T>, done: (error: Error | null, value: T) => void): Promise<void> {
  done(null, await value);
}

const isPreface = (seen: string): boolean => seen.startsWith("PRI") && PREFACE.startsWith(seen.slice(0, PREFACE.length));

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(delayMs, resolve));
}
