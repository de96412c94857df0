import { constants, inflateRawSync } from "node:zlib";
import { DICTIONARY, DICTIONARY_ID } from "./dictionary.ts";

/** How far back deflate can refer. */
const WINDOW = 32 * 1024;
const MAX_BLOCK_BYTES = 64 * 1024;
const ZLIB_HEADER_BYTES = 6;
/** An empty stored block: readers of streams hold text back until they see one. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);
const ZLIB_HEADER = Buffer.from([0x78, 0xbb, ...idBytes()]);

function idBytes(): number[] {
  return [24, 16, 8, 0].map((shift) => (DICTIONARY_ID >>> shift) & 0xff);
}

export class HeaderError extends Error {}

/**
 * Reads the header blocks of one direction. They are one zlib stream that is flushed after each block, so every block
 * can be inflated alone when the text before it is given as dictionary.
 */
export class HeaderReader {
  #before = DICTIONARY;
  #isFirst = true;

  /** Names are in lower case. @throws HeaderError for what is none, or too large. */
  read(block: Buffer): ReadonlyMap<string, string> {
    const text = this.#inflate(this.#isFirst ? withoutZlibHeader(block) : block);
    this.#isFirst = false;
    this.#before = Buffer.concat([this.#before, text]).subarray(-WINDOW);
    return parse(text);
  }

  #inflate(block: Buffer): Buffer {
    try {
      return inflateRawSync(block, {
        dictionary: this.#before,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_BLOCK_BYTES,
      });
    } catch (error) {
      throw new HeaderError("headers cannot be inflated", { cause: error });
    }
  }
}

function withoutZlibHeader(block: Buffer): Buffer {
  if (block.length < ZLIB_HEADER_BYTES || block.readUInt32BE(2) !== DICTIONARY_ID) throw new HeaderError("headers are not SPDY/3's");
  return block.subarray(ZLIB_HEADER_BYTES);
}

function parse(text: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  const number = () => {
    if (at + 4 > text.length) throw new HeaderError("headers are cut");
    at += 4;
    return text.readUInt32BE(at - 4);
  };
  const word = () => {
    const length = number();
    if (at + length > text.length) throw new HeaderError("headers are cut");
    at += length;
    return text.toString("latin1", at - length, at);
  };
  for (let count = number(); count > 0; count--) headers.set(word().toLowerCase(), word());
  return headers;
}

/** Writes header blocks, as stored blocks of zlib: what we say is too short to be worth compressing. */
export class HeaderWriter {
  #isFirst = true;

  write(headers: ReadonlyMap<string, string>): Buffer {
    const words = [...headers].flatMap(([name, value]) => [wordOf(name), wordOf(value)]);
    const text = Buffer.concat([uint32(headers.size), ...words]);
    const head = Buffer.from([0, text.length & 0xff, text.length >> 8, ~text.length & 0xff, (~text.length >> 8) & 0xff]);
    const zlib = this.#isFirst ? [ZLIB_HEADER] : [];
    this.#isFirst = false;
    return Buffer.concat([...zlib, head, text, FLUSH]);
  }
}

function wordOf(word: string): Buffer {
  const bytes = Buffer.from(word, "latin1");
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
