import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { RawConnection } from "./message.ts";

export interface TunnelEvents {
  /** Bytes came from either side. */
  onBytes(): void;
  /** Comes once, when both sides are closed. */
  onClosed(): void;
}

/** A peer that vanished without a word is noticed after a few of these. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Joins two raw connections after a protocol switch: bytes flow both ways with backpressure, an end on one side is
 * passed on while the other direction goes on.
 */
export function joinConnections(client: RawConnection, instance: RawConnection, events: TunnelEvents): { cut(): void } {
  let open = 2;
  const cut = () => {
    client.socket.destroy();
    instance.socket.destroy();
  };
  for (const socket of [client.socket, instance.socket]) {
    if (socket instanceof Socket) socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on("data", events.onBytes);
    socket.on("error", cut);
    socket.once("close", () => {
      // A side that broke takes the other along; one that ended lets the rest of the bytes arrive.
      if (!socket.readableEnded || socket.errored !== null) cut();
      open--;
      if (open === 0) events.onClosed();
    });
  }
  flow(client, instance.socket);
  flow(instance, client.socket);
  return { cut };
}

function flow(from: RawConnection, to: Duplex): void {
  if (from.head.length > 0) to.write(from.head);
  from.socket.pipe(to);
  from.socket.resume();
}
