/** Collects bytes until a message head is complete. */
import type { Malformed } from "./head.ts";

export type HeadRead =
  | { readonly kind: "head"; readonly text: string; /** Where the body begins in the buffer given last. */ readonly offset: number }
  | { readonly kind: "incomplete" }
  | Malformed;

const CR = 13;
const LF = 10;
const incomplete: HeadRead = { kind: "incomplete" };

export class HeadBuffer {
  /** Latin-1 text of a head that is not complete. */
  #text = "";
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a head has begun. */
  get started(): boolean {
    return this.#text !== "";
  }

  push(buffer: Buffer, start: number): HeadRead {
    return this.#text === "" ? this.#first(buffer, start) : this.#more(buffer, start);
  }

  #first(buffer: Buffer, start: number): HeadRead {
    let from = start;
    if (buffer[from] === CR && buffer[from + 1] === LF) from += 2; // one empty line before a message is allowed
    const end = buffer.indexOf("\r\n\r\n", from, "latin1");
    if (end >= 0 && end - from <= this.#maxBytes) return { kind: "head", text: buffer.toString("latin1", from, end), offset: end + 4 };
    this.#text = buffer.toString("latin1", from, buffer.length);
    return this.#judge(end);
  }

  #more(buffer: Buffer, start: number): HeadRead {
    let before = this.#text.length;
    this.#text += buffer.toString("latin1", start, buffer.length);
    if (this.#text.startsWith("\r\n")) {
      this.#text = this.#text.slice(2); // the empty line, cut in two by the network
      before -= 2;
    }
    const end = this.#text.indexOf("\r\n\r\n", Math.max(0, before - 3));
    if (end < 0 || end > this.#maxBytes) return this.#judge(end);
    const text = this.#text.slice(0, end);
    this.#text = "";
    return { kind: "head", text, offset: start + end + 4 - before };
  }

  #judge(end: number): HeadRead {
    if (end >= 0 || this.#text.length > this.#maxBytes) return { kind: "malformed", status: 431, reason: "request head too large" };
    if (/(^|[^\r])\n/.test(this.#text)) return { kind: "malformed", status: 400, reason: "bare LF in a message head" };
    return incomplete;
  }
}
