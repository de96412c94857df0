import { createSocket } from "node:dgram";
import { connect } from "node:net";
import type { Clock } from "../../../../std/clock.ts";

/** Asks other resolvers. */
export interface Upstream {
  /** The answer, whole; undefined when none came in time. */
  ask(message: Buffer, transport: "udp" | "tcp"): Promise<Buffer | undefined>;
}

const TRY_MS = 2000;
const DNS_PORT = 53;

/** The resolvers of a resolv.conf, in order. */
export function nameserversIn(resolvConf: string): readonly string[] {
  return resolvConf.split("\n").flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
}

/** Each server once in order, TRY_MS each. */
export function createUpstream(servers: readonly string[], clock: Clock, port = DNS_PORT): Upstream {
  return {
    ask: async (message, transport) => {
      for (const server of servers) {
        const answer = await (transport === "udp" ? overUdp : overTcp)({ server, message, clock, port });
        if (answer !== undefined) return answer;
      }
      return undefined;
    },
  };
}

interface Asked {
  readonly server: string;
  readonly port: number;
  readonly message: Buffer;
  readonly clock: Clock;
}

/** A connected socket of its own for each question: only that server can answer, at a port that nobody guesses. */
function overUdp({ server, port, message, clock }: Asked): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const socket = createSocket(server.includes(":") ? "udp6" : "udp4");
  const timer = clock.setTimer(TRY_MS, () => resolve(undefined));
  socket.on("error", () => resolve(undefined));
  socket.on("message", (answer) => {
    if (answer.length >= 2 && answer.readUInt16BE(0) === message.readUInt16BE(0)) resolve(answer);
  });
  socket.connect(port, server, () => socket.send(message, () => {}));
  return promise.finally(() => {
    timer[Symbol.dispose]();
    socket.close();
  });
}

function overTcp({ server, port, message, clock }: Asked): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const socket = connect({ host: server, port });
  const timer = clock.setTimer(TRY_MS, () => resolve(undefined));
  const frames = new Frames((answer) => resolve(answer));
  socket.on("error", () => resolve(undefined));
  socket.on("close", () => resolve(undefined));
  socket.on("data", (chunk: Buffer) => frames.push(chunk));
  socket.write(frame(message));
  return promise.finally(() => {
    timer[Symbol.dispose]();
    socket.destroy();
  });
}

/** A message as TCP carries it: its length first. */
export function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Cuts a stream into messages. */
export class Frames {
  readonly #take: (message: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(take: (message: Buffer) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 2) {
      const end = 2 + this.#rest.readUInt16BE(0);
      if (this.#rest.length < end) return;
      const message = this.#rest.subarray(2, end);
      this.#rest = this.#rest.subarray(end);
      this.#take(message);
    }
  }
}
