import { Readable } from "node:stream";
import { ClientGone } from "./paced-writer.ts";

/** Bytes that wait in an inlet before who brings them has to. */
const HIGH_WATER = 256 * 1024;

/** Bytes on their way to one reader: who pushes waits while too many are there. */
export class Inlet implements AsyncIterable<Uint8Array> {
  readonly #readable: Readable;
  #waiting: (() => void) | undefined;
  #hasEnded = false;

  constructor(highWaterMark = HIGH_WATER) {
    this.#readable = new Readable({ highWaterMark, read: () => this.#goOn() });
    this.#readable.on("error", () => {});
    this.#readable.once("close", () => this.#goOn());
  }

  /** Resolves when more may come. What comes after the end, or when nobody reads any longer, is dropped. */
  push(bytes: Uint8Array): Promise<void> {
    if (this.#hasEnded || this.#readable.destroyed || bytes.length === 0 || this.#readable.push(bytes)) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = resolve;
    return promise;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#readable.push(null);
  }

  /** The reader sees a failure unless the end came before. */
  destroy(): void {
    this.#hasEnded = true;
    this.#readable.destroy(new ClientGone());
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#readable[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }

  #goOn(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}
