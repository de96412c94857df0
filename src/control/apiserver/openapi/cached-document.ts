import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";

/** Compressed once, read now and then: the fastest level already makes them ten times smaller. */
const GZIP_LEVEL = 1;

interface Made {
  readonly zipped: Uint8Array;
  /** Of the document itself, in bytes. */
  readonly length: number;
  readonly hash: string;
}

/** A document that is made when it is first asked for, and kept compressed. */
export class CachedDocument {
  /** Epoch milliseconds of its birth: what Last-Modified says. */
  readonly modifiedMs: number;
  readonly #make: () => Uint8Array;
  #made: Made | undefined;

  constructor(modifiedMs: number, make: () => Uint8Array) {
    this.modifiedMs = modifiedMs;
    this.#make = make;
  }

  get bytes(): Uint8Array {
    return gunzipSync(this.#document.zipped);
  }

  get zipped(): Uint8Array {
    return this.#document.zipped;
  }

  get length(): number {
    return this.#document.length;
  }

  /** SHA-512 of the bytes in upper-case hexadecimal: the ETag without its quotes. */
  get hash(): string {
    return this.#document.hash;
  }

  get etag(): string {
    return `"${this.hash}"`;
  }

  get lastModified(): string {
    return httpDate(this.modifiedMs);
  }

  get #document(): Made {
    return (this.#made ??= compressed(this.#make()));
  }
}

function compressed(bytes: Uint8Array): Made {
  const hash = createHash("sha512").update(bytes).digest("hex").toUpperCase();
  return { zipped: gzipSync(bytes, { level: GZIP_LEVEL }), length: bytes.length, hash };
}

export function httpDate(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}
