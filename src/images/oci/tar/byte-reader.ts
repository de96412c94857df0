import { TarError } from "./header.ts";

/** Reads a stream of chunks in pieces of the reader's choice, without copying more than it must. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes; undefined when the stream ends before the first. Throws TarError when it ends in between. */
  async take(length: number): Promise<Buffer | undefined> {
    if (this.#chunk.length >= length) return this.#cut(length);
    const pieces: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const piece = await this.some(missing);
      if (piece === undefined) {
        if (missing === length) return undefined;
        throw truncated();
      }
      pieces.push(piece);
      missing -= piece.length;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  /** Like `take`, where the stream may not end. */
  async need(length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const bytes = await this.take(length);
    if (bytes === undefined) throw truncated();
    return bytes;
  }

  /** Between one and `limit` bytes; undefined at the end. */
  async some(limit: number): Promise<Buffer | undefined> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) return undefined;
      this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    return this.#cut(Math.min(limit, this.#chunk.length));
  }

  /** Passes over bytes. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      const piece = await this.some(left);
      if (piece === undefined) throw truncated();
      left -= piece.length;
    }
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #cut(length: number): Buffer {
    const piece = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    return piece;
  }
}

function truncated(): TarError {
  return new TarError("the archive ends in the middle of an entry");
}
