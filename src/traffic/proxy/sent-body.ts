import type { HeaderList } from "./header-list.ts";
import type { Upstream } from "./message.ts";

/** Bytes of a request body that are kept until its answer begins. */
export const KEPT_BODY_BYTES = 64 * 1024;

/** The part of a request body that an instance was sent, so that another connection can be sent it again. */
export class SentBody {
  /** Undefined: it is not kept any more. */
  #chunks: Buffer[] | undefined = [];
  #bytes = 0;
  #end: { readonly trailers: HeaderList | undefined } | undefined;

  /** Whether everything so far can be sent again. */
  get isWhole(): boolean {
    return this.#chunks !== undefined;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > KEPT_BODY_BYTES) this.#chunks = undefined;
    this.#chunks?.push(chunk);
  }

  end(trailers: HeaderList | undefined): void {
    this.#end = { trailers };
  }

  /** An answer has begun: nothing is sent again. */
  drop(): void {
    this.#chunks = undefined;
  }

  /** What came so far; the rest follows as it comes. */
  sendAgain(upstream: Upstream): void {
    for (const chunk of this.#chunks ?? []) upstream.sendData(chunk);
    if (this.#end !== undefined) upstream.sendEnd(this.#end.trailers);
    upstream.flush();
  }
}
