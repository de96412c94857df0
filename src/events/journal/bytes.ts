const TEXT = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true });
const GROUP = 0x80;

/** Bytes that a later version wrote, or that are no such thing at all. */
export class MalformedBytes extends Error {}

/** Builds bytes at the end of a buffer that grows. Numbers are unsigned LEB128, texts and bytes carry their length. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 - 1. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number from 0 on`);
    this.#room(8);
    let rest = value;
    while (rest >= GROUP) {
      this.#bytes[this.#length++] = (rest % GROUP) | GROUP;
      rest = Math.floor(rest / GROUP);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A number that may be absent. */
  optional(value: number | undefined): void {
    this.number(value === undefined ? 0 : value + 1);
  }

  float(value: number): void {
    this.#room(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  text(value: string): void {
    this.bytes(TEXT.encode(value));
  }

  bytes(value: Uint8Array): void {
    this.number(value.length);
    this.raw(value);
  }

  raw(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** What was written; valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.view());
    this.#bytes = grown;
  }
}

/** Reads what ByteWriter wrote. @throws MalformedBytes past the end */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    // A Buffer's views are Buffers, which users of the journal need not know about.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new MalformedBytes("the bytes end too early");
    return value;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= GROUP) {
      const byte = this.byte();
      value += (byte % GROUP) * scale;
      if (!Number.isSafeInteger(value)) throw new MalformedBytes("a number is too large");
      if (byte < GROUP) return value;
    }
  }

  optional(): number | undefined {
    const value = this.number();
    return value === 0 ? undefined : value - 1;
  }

  float(): number {
    const raw = this.raw(8);
    return new DataView(raw.buffer, raw.byteOffset, 8).getFloat64(0, true);
  }

  text(): string {
    const raw = this.bytes();
    try {
      return DECODER.decode(raw);
    } catch {
      throw new MalformedBytes("a text is not UTF-8");
    }
  }

  /** Everything that is left: a view, not a copy. */
  rest(): Uint8Array {
    return this.raw(this.#bytes.length - this.#at);
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    return this.raw(this.number());
  }

  raw(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new MalformedBytes("the bytes end too early");
    const view = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return view;
  }
}
