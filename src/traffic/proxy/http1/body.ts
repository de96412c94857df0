/** Decoders of HTTP/1.1 message bodies: a body is cut into slices of the buffers it came in, nothing is copied. */
import type { HeaderList } from "../header-list.ts";
import type { Malformed } from "./head.ts";
import { parseFields } from "./head.ts";
import { UNKNOWN_LENGTH } from "../message.ts";

export interface BodySink {
  onBodyData(chunk: Buffer): void;
}

export interface BodyDecoder {
  /** Consumes from `offset`; returns where it stopped, or why the body is refused. */
  push(buffer: Buffer, offset: number): number | Malformed;
  readonly done: boolean;
  readonly trailers: HeaderList | undefined;
}

/** `closeDelimited`: a response without length that ends with its connection. */
export function bodyDecoder(length: number, closeDelimited: boolean, sink: BodySink): BodyDecoder {
  if (length === UNKNOWN_LENGTH) return closeDelimited ? new LengthDecoder(Number.POSITIVE_INFINITY, sink) : new ChunkedDecoder(sink);
  return new LengthDecoder(length, sink);
}

class LengthDecoder implements BodyDecoder {
  readonly trailers = undefined;
  #left: number;
  readonly #sink: BodySink;

  constructor(length: number, sink: BodySink) {
    this.#left = length;
    this.#sink = sink;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  push(buffer: Buffer, offset: number): number {
    const take = Math.min(this.#left, buffer.length - offset);
    if (take === 0) return offset;
    this.#left -= take;
    this.#sink.onBodyData(offset === 0 && take === buffer.length ? buffer : buffer.subarray(offset, offset + take));
    return offset + take;
  }
}

const MAX_SIZE_LINE = 256;
const MAX_TRAILER_BYTES = 16 * 1024;
const MAX_TRAILERS = 64;
/** RFC 9112 7.1.1 without blanks: size, then extensions `;name`, `;name=token` or `;name="quoted"`. */
const SIZE_LINE = chunkSizeLine();
/** Fields that say how to read, route or keep a message: behind it, two readers could differ about what they mean. */
const NOT_IN_TRAILERS = ["content-length", "transfer-encoding", "host", "connection", "trailer", "upgrade"];

const refuse = (reason: string): Malformed => ({ kind: "malformed", status: 400, reason });

/** Chunked coding; extensions are dropped, trailers kept. */
class ChunkedDecoder implements BodyDecoder {
  done = false;
  trailers: HeaderList | undefined;
  readonly #sink: BodySink;
  #state: "size" | "data" | "data-end" | "trailers" = "size";
  #left = 0;
  /** A line that did not end within its buffer, latin1. */
  #partial = "";
  #trailerText = "";

  constructor(sink: BodySink) {
    this.#sink = sink;
  }

  push(buffer: Buffer, start: number): number | Malformed {
    let offset: number | Malformed = start;
    while (typeof offset === "number" && offset < buffer.length && !this.done) {
      offset = this.#state === "data" ? this.#data(buffer, offset) : this.#line(buffer, offset);
    }
    return offset;
  }

  #data(buffer: Buffer, offset: number): number {
    const take = Math.min(this.#left, buffer.length - offset);
    this.#left -= take;
    if (this.#left === 0) this.#state = "data-end";
    this.#sink.onBodyData(buffer.subarray(offset, offset + take));
    return offset + take;
  }

  #line(buffer: Buffer, offset: number): number | Malformed {
    const newline = buffer.indexOf(10, offset);
    const end = newline < 0 ? buffer.length : newline + 1;
    const text = this.#partial + buffer.toString("latin1", offset, end);
    if (text.length > (this.#state === "trailers" ? MAX_TRAILER_BYTES : MAX_SIZE_LINE)) return refuse("chunk line too long");
    if (newline < 0) {
      this.#partial = text;
      return end;
    }
    this.#partial = "";
    if (!text.endsWith("\r\n")) return refuse("bare LF in chunked body");
    return this.#accept(text.slice(0, -2)) ?? end;
  }

  /** One whole line, without its CRLF. */
  #accept(line: string): Malformed | undefined {
    if (this.#state === "data-end") {
      this.#state = "size";
      return line === "" ? undefined : refuse("chunk longer than its size");
    }
    return this.#state === "size" ? this.#size(line) : this.#trailer(line);
  }

  #size(line: string): Malformed | undefined {
    const match = SIZE_LINE.exec(line);
    if (match === null) return refuse("malformed chunk size");
    this.#left = Number.parseInt(match[1] ?? "", 16);
    this.#state = this.#left === 0 ? "trailers" : "data";
    return undefined;
  }

  #trailer(line: string): Malformed | undefined {
    if (line !== "") {
      this.#trailerText += this.#trailerText === "" ? line : `\r\n${line}`;
      return this.#trailerText.length > MAX_TRAILER_BYTES ? refuse("trailers too long") : undefined;
    }
    this.done = true;
    if (this.#trailerText === "") return undefined;
    const fields = parseFields(this.#trailerText, -2, MAX_TRAILERS);
    if ("kind" in fields) return fields;
    if (NOT_IN_TRAILERS.some((key) => fields.has(key))) return refuse("a field that no trailer may have");
    this.trailers = fields;
    return undefined;
  }
}

function chunkSizeLine(): RegExp {
  const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
  const quoted = String.raw`"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"`;
  return new RegExp(`^([0-9A-Fa-f]{1,12})(?:;${token}(?:=(?:${token}|${quoted}))?)*$`);
}
