import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { StreamTokens } from "./protocol.ts";

/** Standard streams of a program in the order of their numbers: the other ends are with who asked for the program. */
export class OpenStreams implements Disposable {
  readonly #sockets: readonly (Socket | undefined)[];

  constructor(sockets: readonly (Socket | undefined)[]) {
    this.#sockets = sockets;
  }

  get stdio(): (Socket | "ignore")[] {
    return this.#sockets.map((socket) => socket ?? "ignore");
  }

  /** The program has ends of its own by now. */
  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket?.destroy();
  }
}

/** Rejects when nobody opens. */
export async function openStreams(address: string, { stdin, stdout, stderr }: StreamTokens): Promise<OpenStreams> {
  return new OpenStreams(await Promise.all([stdin, stdout, stderr].map((token) => openStream(address, token))));
}

async function openStream(address: string, token: string | undefined): Promise<Socket | undefined> {
  if (token === undefined) return undefined;
  const socket = connect({ path: address });
  socket.pause(); // what comes is for the program to read
  await once(socket, "connect");
  socket.on("error", () => {});
  const { promise: sent, resolve, reject } = Promise.withResolvers<void>();
  socket.write(token, "latin1", (error) => (error ? reject(error) : resolve()));
  await sent;
  return socket;
}
