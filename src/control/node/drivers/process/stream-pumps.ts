import { once } from "node:events";
import type { Socket } from "node:net";
import type { ByteSink } from "../../../../api/ports/pod-streams.ts";
import type { Clock } from "../../../../std/clock.ts";

/** Output after the end of a program, by others that hold its streams, is taken until it pauses this long. */
const QUIET_MS = 300;

/** Carries input to a program until it ends; what it no longer wants is taken and dropped, so that nobody waits. */
export async function feed(socket: Socket, source: AsyncIterable<Uint8Array>): Promise<void> {
  socket.resume(); // nothing comes; its end should be seen
  try {
    for await (const chunk of source) {
      if (socket.writable && !socket.write(chunk)) await drained(socket);
    }
    socket.end();
  } catch {
    socket.destroy(); // the client is gone: the program's input ends, too
  }
}

function drained(socket: Socket): Promise<unknown> {
  const stop = new AbortController();
  const either = [once(socket, "drain", stop), once(socket, "close", stop)].map((event) => event.catch(() => {}));
  return Promise.race(either).finally(() => stop.abort());
}

/** Carries output of a program to whoever wants it. */
export class OutputPump {
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #sink: ByteSink;
  #chunks = 0;
  #isWaiting = true;
  readonly done: Promise<void>;

  constructor(socket: Socket, sink: ByteSink, clock: Clock) {
    this.#clock = clock;
    this.#socket = socket;
    this.#sink = sink;
    this.done = this.#run();
  }

  /** The program has ended: what it wrote is carried still, but who else holds the stream is not waited for. */
  async finish(): Promise<void> {
    let isOver = false;
    const done = this.done.finally(() => (isOver = true));
    let seen = -1;
    while (!isOver) {
      if (seen === this.#chunks && this.#isWaiting) this.#socket.destroy();
      seen = this.#chunks;
      const { promise, resolve } = Promise.withResolvers<void>();
      using _timer = this.#clock.setTimer(QUIET_MS, resolve);
      await Promise.race([promise, done]);
    }
    await done;
  }

  async #run(): Promise<void> {
    try {
      for await (const chunk of this.#socket as AsyncIterable<Buffer>) {
        this.#chunks += 1;
        this.#isWaiting = false;
        await this.#sink(chunk);
        this.#isWaiting = true;
      }
    } catch {
      // cut from one side or the other
    } finally {
      this.#socket.destroy();
    }
  }
}
