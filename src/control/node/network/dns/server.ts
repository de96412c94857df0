import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket as TcpSocket } from "node:net";
import { CODE, makeAnswer, parseQuery, TYPE_A, type Query } from "./message.ts";
import { frame, Frames, type Upstream } from "./upstream.ts";

export interface DnsServerOptions {
  readonly host: string;
  readonly port: number;
  /** Addresses of a Service; undefined when there is none. */
  readonly service: (name: string, namespace: string) => readonly string[] | undefined;
  readonly upstream: Upstream;
}

const CLUSTER_DOMAIN = "cluster.local";
const SERVICES = `svc.${CLUSTER_DOMAIN}`;
/** Questions that wait for other resolvers; more are refused at once. */
const MAX_WAITING = 1000;
const IDLE_TCP_MS = 10_000;
const MAX_TCP = 100;

export type Ruling = { readonly kind: "answer"; readonly answer: Buffer } | { readonly kind: "forward" };

/**
 * Names of the cluster are answered here, others elsewhere. `example.com.default.svc.cluster.local` is asked for before
 * `example.com` is (search domains), so what is no Service must be denied.
 */
export function rule(query: Query, service: DnsServerOptions["service"]): Ruling {
  if (query.name !== CLUSTER_DOMAIN && !query.name.endsWith(`.${CLUSTER_DOMAIN}`)) return { kind: "forward" };
  const labels = query.name.endsWith(`.${SERVICES}`) ? query.name.slice(0, -SERVICES.length - 1).split(".") : [];
  const [name = "", namespace = ""] = labels;
  const addresses = labels.length === 2 ? service(name, namespace) : undefined;
  if (addresses === undefined) return { kind: "answer", answer: makeAnswer(query, CODE.noSuchName) };
  return { kind: "answer", answer: makeAnswer(query, CODE.ok, query.type === TYPE_A ? addresses : []) };
}

/** The resolver of pods, over UDP and TCP. */
export class DnsServer implements AsyncDisposable {
  readonly #options: DnsServerOptions;
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly #sockets = new Set<TcpSocket>();
  #waiting = 0;

  private constructor(options: DnsServerOptions) {
    this.#options = options;
    this.#udp = createSocket("udp4");
    this.#tcp = createServer((socket) => this.#converse(socket));
    this.#tcp.maxConnections = MAX_TCP;
  }

  /** Rejects when the address is taken. */
  static async listen(options: DnsServerOptions): Promise<DnsServer> {
    const server = new DnsServer(options);
    const { host, port } = options;
    server.#udp.bind({ address: host, port, exclusive: true });
    await once(server.#udp, "listening");
    server.#udp.on("error", () => {});
    server.#udp.on("message", (message, peer) => {
      void server.#answer(message, "udp").then((answer) => {
        if (answer !== undefined) server.#udp.send(answer, peer.port, peer.address, () => {});
      });
    });
    server.#tcp.listen({ host, port: server.port });
    await once(server.#tcp, "listening");
    return server;
  }

  get port(): number {
    return this.#udp.address().port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#tcp, "close");
    this.#tcp.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#udp.removeAllListeners("message");
    await new Promise<void>((resolve) => this.#udp.close(() => resolve()));
  }

  async #answer(message: Buffer, transport: "udp" | "tcp"): Promise<Buffer | undefined> {
    const query = parseQuery(message);
    if (query === undefined) return undefined;
    const ruling = rule(query, this.#options.service);
    if (ruling.kind === "answer") return ruling.answer;
    if (this.#waiting >= MAX_WAITING) return makeAnswer(query, CODE.serverFailure);
    this.#waiting += 1;
    const answer = await this.#options.upstream.ask(message, transport).catch(() => undefined);
    this.#waiting -= 1;
    return answer ?? makeAnswer(query, CODE.serverFailure);
  }

  #converse(socket: TcpSocket): void {
    this.#sockets.add(socket);
    const frames = new Frames((message) => {
      void this.#answer(message, "tcp").then((answer) => {
        if (answer === undefined) socket.destroy();
        else if (socket.writable) socket.write(frame(answer));
      });
    });
    socket.setTimeout(IDLE_TCP_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => frames.push(chunk));
  }
}
