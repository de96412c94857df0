import { createServer } from "node:net";
import type { Random } from "../../std/random.ts";

/** Below the systems' ephemeral ranges, so that no outgoing connection takes a port that was promised. */
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 200;

/** Hands out loopback ports, each to one sandbox at a time. */
export class PortAllocator {
  readonly #random: Random;
  readonly #taken = new Set<number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** @throws when no free port is found. */
  async allocate(): Promise<number> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const port = FIRST + Math.floor(this.#random() * (LAST - FIRST));
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      if (await isFree(port)) return port;
      this.#taken.delete(port);
    }
    throw new Error(`no free port between ${FIRST} and ${LAST}`);
  }

  release(port: number): void {
    this.#taken.delete(port);
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
