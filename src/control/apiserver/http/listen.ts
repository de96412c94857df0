import { createServer, type Server } from "node:https";
import { ServerResponse, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { apiError, ApiError } from "../../../api/meta/errors.ts";
import type { ApiReply, ApiRequest } from "../../../api/meta/payload.ts";
import type { Clock } from "../../../std/clock.ts";
import type { Logger } from "../../../std/logger.ts";
import { authenticate, type Credentials, type TokenUser } from "../auth/authenticate.ts";
import type { User } from "../auth/user.ts";
import { takeBearerProtocol } from "../streaming/bearer-protocol.ts";
import { Upgrades } from "../streaming/upgrades.ts";
import { BODY_LIMIT } from "../negotiation/body.ts";
import { readMessage, sendReply } from "./convert.ts";
import { rebindingProblem } from "./guards.ts";
import { errorReply } from "./respond.ts";

export interface ListenOptions {
  readonly apiServer: { exchange(request: ApiRequest, user: User): Promise<ApiReply> };
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** PEM. `ca` signs the client certificates that are believed. */
  readonly tls: { readonly key: string; readonly cert: string; readonly ca: string };
  readonly tokenUser: TokenUser;
  /** Names and addresses of ours beside loopback. */
  readonly servedNames?: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long requests other than watches may go on after `close`, in milliseconds. */
  readonly graceMs?: number;
  /** Of exec, attach and port-forward at the same time. */
  readonly maxSessions?: number;
}

export interface Listener extends AsyncDisposable {
  readonly port: number;
  /** `https://HOST:PORT` */
  readonly url: string;
}

const MAX_URL_CHARS = 32 * 1024;
const LIMITS = { maxHeaderSize: 64 * 1024, headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 120_000 };
const MAX_CONNECTIONS = 4096;
const DEFAULT_GRACE_MS = 5_000;
/** Requests that only end when somebody ends them. */
const STREAMS = /\/(exec|attach|portforward)(\?|$)/;
const ENDLESS = /[?&](watch|follow)=(1|true)/;

/** Serves an API server over HTTPS (HTTP/1.1). Rejects when the port is taken. */
export async function listenHttps(options: ListenOptions): Promise<Listener> {
  const listener = new HttpsListener(options);
  await listener.open();
  return listener;
}

class HttpsListener implements Listener {
  readonly #options: ListenOptions;
  readonly #server: Server;
  readonly #upgrades: Upgrades;
  readonly #endless = new Set<AbortController>();
  readonly #users = new WeakMap<Socket, Credentials["certificate"]>();

  constructor(options: ListenOptions) {
    this.#options = options;
    this.#upgrades = new Upgrades(options);
    const tls = { ...options.tls, requestCert: true, rejectUnauthorized: false };
    const shouldUpgradeCallback = ({ url = "" }: IncomingMessage) => STREAMS.test(url);
    this.#server = createServer({ ...tls, ...LIMITS, shouldUpgradeCallback }, (message, out) => void this.#serve(message, out));
    this.#server.on("upgrade", (message: IncomingMessage, socket: Socket, head: Buffer) => void this.#upgrade({ message, socket, head }));
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on("tlsClientError", () => {}); // clients that do not trust us, scanners: their affair
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    const { host } = this.#options;
    return `https://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen(this.#options.port, this.#options.host, resolve);
    await promise;
    this.#server.off("error", reject);
    this.#server.on("error", (error) => this.#options.logger.error("listener failed", { component: "apiserver", error }));
  }

  /** Watches end at once, other requests have the grace, then connections are cut. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const controller of this.#endless) controller.abort();
    this.#server.closeIdleConnections();
    using _cut = this.#options.clock.setTimer(this.#options.graceMs ?? DEFAULT_GRACE_MS, () => this.#server.closeAllConnections());
    await this.#upgrades[Symbol.asyncDispose]();
    await closed;
  }

  /** Other protocols begin after the same questions as every request; what is wrong is answered in HTTP. */
  async #upgrade({ message, socket, head }: { message: IncomingMessage; socket: Socket; head: Buffer }): Promise<void> {
    socket.on("error", () => {}); // the client's affair
    takeBearerProtocol(message.headers);
    try {
      const reply = await this.#answer(message, undefined);
      if (reply === undefined || socket.destroyed) return void socket.destroy();
      if (reply.body.kind !== "session") return await this.#answerPlainly(reply, message, socket);
      this.#upgrades.accept(reply.body.session, { message, socket, head });
    } catch (error) {
      if (error instanceof ApiError) return await this.#answerPlainly(errorReply(error), message, socket);
      this.#options.logger.error("upgrading failed", { component: "apiserver", url: message.url, error });
      socket.destroy();
    }
  }

  async #answerPlainly(reply: ApiReply, message: IncomingMessage, socket: Socket): Promise<void> {
    const out = new ServerResponse(message);
    out.assignSocket(socket);
    out.shouldKeepAlive = false;
    out.once("finish", () => socket.end());
    await sendReply(reply, out);
  }

  async #serve(message: IncomingMessage, out: ServerResponse): Promise<void> {
    const signal = ENDLESS.test(message.url ?? "") ? this.#untilClosed(out) : undefined; // nobody asks the others to stop
    out.once("close", () => {
      if (!this.#server.listening) message.socket.end(); // nobody waits for the next request of a connection
    });
    try {
      const reply = await this.#answer(message, signal);
      if (reply === undefined) return void message.destroy();
      if (!this.#server.listening) out.shouldKeepAlive = false;
      await sendReply(reply, out);
    } catch (error) {
      this.#options.logger.error("answering failed", { component: "apiserver", url: message.url, error });
      out.destroy();
    }
  }

  /** Aborts when the client leaves or the listener closes. */
  #untilClosed(out: ServerResponse): AbortSignal {
    const controller = new AbortController();
    this.#endless.add(controller);
    out.once("close", () => {
      this.#endless.delete(controller);
      controller.abort();
    });
    return controller.signal;
  }

  async #answer(message: IncomingMessage, signal: AbortSignal | undefined): Promise<ApiReply | undefined> {
    const refusal = this.#refusal(message);
    if (refusal !== undefined) return errorReply(refusal, { headers: { connection: "close" } });
    const authentication = await authenticate(this.#credentials(message), this.#options.tokenUser);
    if (authentication.kind === "unauthorized") return errorReply(apiError("Unauthorized", "Unauthorized"));
    const incoming = await readMessage(message, { limit: BODY_LIMIT, signal });
    if (incoming.kind === "gone") return undefined;
    if (incoming.kind === "tooLarge") return bodyTooLarge();
    return this.#options.apiServer.exchange(incoming.request, authentication.user);
  }

  #refusal(message: IncomingMessage): ApiError | undefined {
    const { host, origin } = message.headers;
    const problem = rebindingProblem({ host, origin }, this.#options.servedNames ?? []);
    if (problem !== undefined) return apiError("Forbidden", problem);
    if ((message.url ?? "").length > MAX_URL_CHARS) return apiError("BadRequest", `the URL is longer than ${MAX_URL_CHARS} characters`);
    return undefined;
  }

  #credentials(message: IncomingMessage): Credentials {
    const { socket } = message;
    if (!this.#users.has(socket)) this.#users.set(socket, certificateOf(socket as TLSSocket));
    return { certificate: this.#users.get(socket), authorization: message.headers.authorization };
  }
}

function bodyTooLarge(): ApiReply {
  const error = apiError("RequestEntityTooLarge", `Request entity too large: limit is ${BODY_LIMIT}`);
  return errorReply(error, { headers: { connection: "close" } });
}

function certificateOf(socket: TLSSocket): Credentials["certificate"] {
  const { subject, raw } = socket.getPeerCertificate();
  if (raw === undefined) return undefined; // none was sent
  if (!socket.authorized) return "unverified";
  const organizations = [subject.O as string | string[] | undefined].flat().filter((name) => name !== undefined);
  return { commonName: [subject.CN as string | string[]].flat()[0] ?? "", organizations };
}
