/**
 * Writing HTTP/1.1. What one turn of the event loop produces (a head, some body, an end) leaves in one write.
 * I1 the bytes of `data` are not copied when they are large. I2 nothing is written before `flush`.
 */
import type { Socket } from "node:net";
import type { HeaderList } from "../header-list.ts";

/** Up to this size pieces are joined into one buffer; a larger piece is written by itself. */
const JOIN_BYTES = 16 * 1024;

export function fieldLines(headers: HeaderList): string {
  let text = "";
  const { names, values } = headers;
  for (let index = 0; index < names.length; index++) text += `${names[index]}: ${values[index]}\r\n`;
  return text;
}

export class Outbox {
  readonly #socket: Socket;
  /** Latin-1 text that waits for the next piece. */
  #text = "";
  /** A body piece behind the text, waiting for the flush. */
  #piece: Buffer | undefined;
  #full = false;
  /** Whether anything was handed to the socket; whoever asks sets it back. */
  wrote = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  text(text: string): void {
    if (this.#piece !== undefined) this.#write();
    this.#text += text;
  }

  data(chunk: Buffer): boolean {
    if (this.#piece !== undefined) this.#write();
    this.#piece = chunk;
    return !this.#full;
  }

  /** One chunk of the chunked coding. */
  chunk(chunk: Buffer): boolean {
    this.text(`${chunk.length.toString(16)}\r\n`);
    this.data(chunk);
    this.text("\r\n");
    return !this.#full;
  }

  /** False when the socket's own buffer is full; its `drain` event tells when to go on. */
  flush(): boolean {
    if (this.#piece !== undefined || this.#text !== "") this.#write();
    return !this.#full;
  }

  drained(): void {
    this.#full = false;
  }

  #write(): void {
    const text = this.#text;
    const piece = this.#piece;
    this.#text = "";
    this.#piece = undefined;
    if (piece === undefined) this.#put(text);
    else if (text === "") this.#put(piece);
    else if (piece.length <= JOIN_BYTES) this.#put(join(text, piece));
    else this.#putBoth(text, piece); // I1
  }

  #put(bytes: string | Buffer): void {
    this.wrote = true;
    const room = typeof bytes === "string" ? this.#socket.write(bytes, "latin1") : this.#socket.write(bytes);
    if (!room) this.#full = true;
  }

  #putBoth(text: string, piece: Buffer): void {
    this.#socket.cork();
    this.#put(text);
    this.#put(piece);
    this.#socket.uncork();
  }
}

function join(text: string, piece: Buffer): Buffer {
  const joined = Buffer.allocUnsafe(text.length + piece.length);
  joined.write(text, 0, "latin1");
  piece.copy(joined, text.length);
  return joined;
}
