import type { Writable } from "node:stream";

/** Nobody reads any longer: the client's affair. */
export class ClientGone extends Error {
  constructor() {
    super("the client is gone");
  }
}

/** Writes for several at the speed of whoever reads. */
export class PacedWriter {
  readonly #out: Writable;
  #drained: PromiseWithResolvers<void> | undefined;
  #pending = 0;
  #flushed: PromiseWithResolvers<void> | undefined;

  constructor(out: Writable) {
    this.#out = out;
    const goOn = () => {
      this.#drained?.resolve();
      this.#drained = undefined;
    };
    out.on("drain", goOn);
    out.once("close", () => {
      goOn();
      this.#flushed?.resolve();
    });
  }

  /** Resolves when more may come. Rejects with ClientGone when nobody reads any longer. */
  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.#out.destroyed || !this.#out.writable) throw new ClientGone();
    this.#pending += 1;
    if (this.#out.write(bytes, () => this.#written())) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }

  /** Resolves when everything is with the operating system, or nobody reads any longer. */
  async flushed(): Promise<void> {
    if (this.#pending === 0 || this.#out.destroyed) return;
    this.#flushed ??= Promise.withResolvers();
    await this.#flushed.promise;
  }

  #written(): void {
    this.#pending -= 1;
    if (this.#pending > 0) return;
    this.#flushed?.resolve();
    this.#flushed = undefined;
  }
}
