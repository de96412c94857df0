import type { Duplex } from "node:stream";
import { Inlet } from "../inlet.ts";
import { PacedWriter } from "../paced-writer.ts";
import {
  dataFrame,
  FIN,
  FrameReader,
  goAwayFrame,
  pingFrame,
  rstStreamFrame,
  synReplyFrame,
  type Frame,
  type ResetReason,
} from "./frames.ts";
import { HeaderReader, HeaderWriter } from "./headers.ts";

/** A stream that the client opened. */
export interface SpdyStream {
  readonly id: number;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly incoming: AsyncIterable<Uint8Array>;
  /** Resolves when more may come. Rejects when nobody reads any longer. */
  write(bytes: Uint8Array): Promise<void>;
  /** No more bytes of ours come. */
  end(): void;
  /** Cuts both directions. */
  reset(reason: ResetReason): void;
}

/** Open at the same time: two or five a connection of a client. */
const MAX_STREAMS = 1000;
/** One frame may be as long as its length field says, but nobody should wait for a long one. */
const MAX_WRITE = 64 * 1024;
/** Bytes of one stream that may wait before the whole connection does: SPDY of Kubernetes knows no windows. */
const HIGH_WATER = 1024 * 1024;

/**
 * The serving side of SPDY/3.1 on any connection, as clients of Kubernetes speak it.
 *
 * - I1 a stream whose reader is slow stops the connection when HIGH_WATER bytes of it wait: nothing grows without end.
 * - I2 what breaks the rules of one stream resets that; what breaks those of the connection ends it.
 */
export class SpdyConnection {
  readonly #chunks: AsyncIterable<Buffer>;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #writer: PacedWriter;
  readonly #frames = new FrameReader();
  readonly #headerReader = new HeaderReader();
  readonly #headerWriter = new HeaderWriter();
  readonly #streams = new Map<number, ServedStream>();
  #lastId = 0;

  constructor(duplex: Duplex, onStream: (stream: SpdyStream) => void) {
    this.#chunks = duplex as AsyncIterable<Buffer>;
    this.#onStream = onStream;
    this.#writer = new PacedWriter(duplex);
  }

  /** Serves until the connection ends from either side; never rejects. */
  async run(): Promise<void> {
    try {
      for await (const chunk of this.#chunks) {
        for (const frame of this.#frames.push(chunk)) {
          if (frame.type === "goAway") return;
          await this.#take(frame);
        }
      }
    } catch {
      this.#send(goAwayFrame(this.#lastId)); // I2, or the client is gone
    } finally {
      for (const stream of this.#streams.values()) stream.cut();
      this.#streams.clear();
    }
  }

  async #take(frame: Frame): Promise<void> {
    switch (frame.type) {
      case "synStream":
        return this.#open(frame);
      case "data": {
        const stream = this.#streams.get(frame.streamId);
        await stream?.take(frame.bytes); // I1
        if (frame.fin) stream?.takeEnd();
        return;
      }
      case "headers":
        this.#headerReader.read(frame.block); // the next block refers to it
        if (frame.fin) this.#streams.get(frame.streamId)?.takeEnd();
        return;
      case "rstStream":
        return this.#streams.get(frame.streamId)?.cut();
      case "ping":
        if (frame.id % 2 === 1) this.#send(pingFrame(frame.bytes)); // an answer to one of ours would be even
        return;
      default:
        return;
    }
  }

  #open({ streamId, fin, block }: Extract<Frame, { type: "synStream" }>): void {
    const headers = this.#headerReader.read(block);
    if (streamId <= this.#lastId || streamId % 2 === 0) return this.#send(rstStreamFrame(streamId, "protocolError")); // I2
    this.#lastId = streamId;
    if (this.#streams.size >= MAX_STREAMS) return this.#send(rstStreamFrame(streamId, "refusedStream"));
    const stream = new ServedStream(streamId, headers, {
      write: (bytes) => this.#writer.write(bytes),
      closed: () => void this.#streams.delete(streamId),
    });
    this.#streams.set(streamId, stream);
    this.#send(synReplyFrame(streamId, this.#headerWriter.write(new Map())));
    if (fin) stream.takeEnd();
    this.#onStream(stream);
  }

  /** Small frames, for which nobody waits. */
  #send(frame: Buffer): void {
    this.#writer.write(frame).catch(() => {});
  }
}

interface Wire {
  write(frame: Buffer): Promise<void>;
  closed(): void;
}

class ServedStream implements SpdyStream {
  readonly id: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly #inlet = new Inlet(HIGH_WATER);
  readonly #wire: Wire;
  #isOpen = { in: true, out: true };

  constructor(id: number, headers: ReadonlyMap<string, string>, wire: Wire) {
    this.id = id;
    this.headers = headers;
    this.#wire = wire;
  }

  get incoming(): AsyncIterable<Uint8Array> {
    return this.#inlet;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += MAX_WRITE) {
      if (!this.#isOpen.out) throw new Error("the stream is closed");
      await this.#wire.write(dataFrame(this.id, bytes.subarray(at, at + MAX_WRITE), 0));
    }
  }

  end(): void {
    if (!this.#isOpen.out) return;
    this.#isOpen.out = false;
    this.#wire.write(dataFrame(this.id, new Uint8Array(), FIN)).catch(() => {});
    this.#settle();
  }

  reset(reason: ResetReason): void {
    if (!this.#isOpen.in && !this.#isOpen.out) return;
    this.#wire.write(rstStreamFrame(this.id, reason)).catch(() => {});
    this.cut();
  }

  take(bytes: Buffer): Promise<void> {
    return this.#isOpen.in ? this.#inlet.push(bytes) : Promise.resolve();
  }

  takeEnd(): void {
    this.#isOpen.in = false;
    this.#inlet.end();
    this.#settle();
  }

  cut(): void {
    this.#isOpen = { in: false, out: false };
    this.#inlet.destroy();
    this.#wire.closed();
  }

  #settle(): void {
    if (!this.#isOpen.in && !this.#isOpen.out) this.#wire.closed();
  }
}
