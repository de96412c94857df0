import { createHash } from "node:crypto";

/** A document that is made when it is first asked for. */
export class CachedDocument {
  /** Epoch milliseconds of its birth: what Last-Modified says. */
  readonly modifiedMs: number;
  readonly #make: () => Uint8Array;
  #bytes: Uint8Array | undefined;
  #hash: string | undefined;

  constructor(modifiedMs: number, make: () => Uint8Array) {
    this.modifiedMs = modifiedMs;
    this.#make = make;
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= this.#make());
  }

  /** SHA-512 of the bytes in upper-case hexadecimal: the ETag without its quotes. */
  get hash(): string {
    return (this.#hash ??= createHash("sha512").update(this.bytes).digest("hex").toUpperCase());
  }

  get etag(): string {
    return `"${this.hash}"`;
  }

  get lastModified(): string {
    return httpDate(this.modifiedMs);
  }
}

export function httpDate(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}
