import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface ForwarderOptions {
  readonly host: string;
  readonly port: number;
  /** Port on the machine's loopback. */
  readonly target: number;
}

/** At once; more wait in the system's queue. */
const MAX_CONNECTIONS = 4096;

/** Carries connections of pods to a listener that is open for this machine alone. */
export class Forwarder implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects when the address is taken. */
  static async listen({ host, port, target }: ForwarderOptions): Promise<Forwarder> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.maxConnections = MAX_CONNECTIONS;
    const forwarder = new Forwarder(server);
    server.on("connection", (socket) => forwarder.#carry(socket, target));
    server.listen({ host, port });
    await once(server, "listening");
    return forwarder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #carry(from: Socket, target: number): void {
    const to = connect({ host: "127.0.0.1", port: target, allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.once("close", () => {
        this.#sockets.delete(socket);
        if (!other.destroyed && !other.writableEnded) other.end();
      });
      socket.pipe(other);
    }
  }
}
