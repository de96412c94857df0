import type { Writable } from "node:stream";

/** Writes for several at the speed of whoever reads. */
export class PacedWriter {
  readonly #out: Writable;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(out: Writable) {
    this.#out = out;
    const goOn = () => {
      this.#drained?.resolve();
      this.#drained = undefined;
    };
    out.on("drain", goOn);
    out.once("close", goOn);
  }

  /** Resolves when more may come. Rejects when nobody reads any longer. */
  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.#out.destroyed || !this.#out.writable) throw new Error("the client is gone");
    if (this.#out.write(bytes)) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }
}
