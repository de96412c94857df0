import { abortable } from "../../std/abort.ts";

/** Lets one loop sleep until there is something to do. A notice while it works is kept, so none is missed. */
export class Wakeup {
  #next = Promise.withResolvers<void>();

  notify(): void {
    this.#next.resolve();
  }

  /** Resolves at the next notice, or at once if there was one since the last wait. Rejects with the signal's reason. */
  async wait(signal: AbortSignal): Promise<void> {
    await abortable(this.#next.promise, signal);
    this.#next = Promise.withResolvers<void>();
  }
}
