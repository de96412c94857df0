import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocketServer, type WebSocket } from "ws";
import { apiError } from "../../../api/meta/errors.ts";
import type { PodSession } from "../../../api/ports/pod-streams.ts";
import type { Clock } from "../../../std/clock.ts";
import type { Logger } from "../../../std/logger.ts";
import { ClientGone } from "./paced-writer.ts";
import { askedPorts, servePortChannels } from "./port-channels.ts";
import { serveChannels } from "./program-channels.ts";
import { agree, type Agreed } from "./protocols.ts";
import { serveSpdyPorts } from "./spdy-ports.ts";
import { serveSpdyProgram } from "./spdy-program.ts";

export interface UpgradesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxSessions?: number;
}

/** A connection that asked for an upgrade. */
export interface Asking {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  /** What came already of the next protocol. */
  readonly head: Buffer;
}

const MAX_SESSIONS = 512;
/** Of one message. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** A client that is silently gone is noticed when this cannot be sent. */
const PING_MS = 10_000;
const CLOSE_GRACE_MS = 1_000;

/**
 * Connections that have left HTTP: exec, attach and port-forward.
 *
 * - I1 what is wrong with a request is answered before the upgrade, as a Status.
 * - I2 a session ends with its connection, and the connection with its session.
 */
export class Upgrades implements AsyncDisposable {
  readonly #options: UpgradesOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    clientTracking: false,
  });
  readonly #closing = new AbortController();
  readonly #agreed = new WeakMap<IncomingMessage, string>();
  readonly #sessions = new Set<Promise<void>>();
  readonly #sockets = new Set<Duplex>();

  constructor(options: UpgradesOptions) {
    this.#options = options;
    this.#server.on("headers", (headers, message) => {
      const name = this.#agreed.get(message) ?? "";
      if (name !== "") headers.push(`Sec-WebSocket-Protocol: ${name}`);
    });
  }

  /** Takes the connection over. @throws ApiError; the connection is left as it was (I1). */
  accept(session: PodSession, asking: Asking): void {
    const { maxSessions = MAX_SESSIONS } = this.#options;
    if (this.#sessions.size >= maxSessions) throw apiError("TooManyRequests", `there are ${maxSessions} streaming sessions already`);
    const agreed = agree(session, asking.message.headers);
    const serve = this.#serving(session, agreed, asking.message);
    const serving = this.#run(asking, agreed, serve).finally(() => this.#sessions.delete(serving));
    this.#sessions.add(serving);
  }

  /** Ends all sessions: programs of exec are killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("the API server stops"));
    using _cut = this.#options.clock.setTimer(CLOSE_GRACE_MS, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
    await Promise.all(this.#sessions);
  }

  /** @throws ApiError 400 */
  #serving(session: PodSession, agreed: Agreed, message: IncomingMessage): (duplex: Duplex) => Promise<void> {
    const { signal } = this.#closing;
    if (session.kind === "program") {
      if (agreed.kind === "channels") return (duplex) => serveChannels(session, duplex, agreed.protocol, signal);
      return (duplex) => serveSpdyProgram(session, duplex, signal);
    }
    if (agreed.kind !== "port channels") return (duplex) => serveSpdyPorts(session, duplex, signal);
    const ports = askedPorts(new URL(message.url ?? "", "https://localhost").searchParams);
    return (duplex) => servePortChannels(session, duplex, { ports, isText: agreed.protocol.isText }, signal);
  }

  async #run(asking: Asking, agreed: Agreed, serve: (duplex: Duplex) => Promise<void>): Promise<void> {
    const { socket, message } = asking;
    this.#sockets.add(socket);
    socket.on("error", () => {}); // seen as its end
    try {
      await (agreed.kind === "spdy" ? this.#plain(asking, agreed.protocol.name, serve) : this.#messages(asking, agreed, serve));
    } catch (error) {
      if (!(error instanceof ClientGone))
        this.#options.logger.error("a streaming session failed", { component: "apiserver", url: message.url, error });
      socket.destroy();
    } finally {
      this.#sockets.delete(socket);
    }
  }

  async #plain({ socket, head }: Asking, protocol: string, serve: (duplex: Duplex) => Promise<void>): Promise<void> {
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "Connection: Upgrade",
      "Upgrade: SPDY/3.1",
      `X-Stream-Protocol-Version: ${protocol}`,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    if (head.length > 0) socket.unshift(head);
    await serve(socket);
    socket.end();
    await this.#closed(socket);
  }

  async #messages({ message, socket, head }: Asking, agreed: Agreed, serve: (duplex: Duplex) => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<WebSocket>();
    this.#agreed.set(message, agreed.protocol.name);
    delete message.headers["sec-websocket-protocol"]; // it takes no names with a slash: see the constructor
    this.#server.handleUpgrade(message, socket, head, resolve);
    const { promise: refused, resolve: refuse } = Promise.withResolvers<undefined>();
    socket.once("close", () => refuse(undefined)); // it answers what is no WebSocket itself
    const webSocket = await Promise.race([promise, refused]);
    if (webSocket === undefined) return;
    using _pings = this.#keepAlive(webSocket);
    const isTunnel = agreed.kind === "port tunnel";
    const duplex = createWebSocketStream(webSocket, { readableObjectMode: !isTunnel, decodeStrings: false, allowHalfOpen: true });
    duplex.on("error", () => {}); // seen as its end
    try {
      await serve(duplex);
    } finally {
      webSocket.close(1000); // another code would hide from clients what was said before
      await this.#closed(socket);
      duplex.destroy();
    }
  }

  /** The client has a moment to take what was sent. */
  async #closed(socket: Duplex): Promise<void> {
    if (socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once("close", resolve);
    using _cut = this.#options.clock.setTimer(CLOSE_GRACE_MS, () => socket.destroy());
    await promise;
  }

  #keepAlive(webSocket: WebSocket): Disposable {
    let timer: Disposable | undefined;
    const next = () => {
      timer = this.#options.clock.setTimer(PING_MS, () => {
        if (webSocket.readyState !== webSocket.OPEN) return;
        webSocket.ping();
        next();
      });
    };
    next();
    return { [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
  }
}
