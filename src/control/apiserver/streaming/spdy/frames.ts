/** Frames of SPDY/3.1, as many as streams of Kubernetes need (draft-mbelshe-httpbis-spdy-00, 2.2). */

export const FIN = 0x01;

export type Frame =
  | { readonly type: "data"; readonly streamId: number; readonly fin: boolean; readonly bytes: Buffer }
  | { readonly type: "synStream"; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: "headers"; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: "rstStream"; readonly streamId: number }
  | { readonly type: "ping"; readonly bytes: Buffer; readonly id: number }
  | { readonly type: "goAway" }
  /** Settings and windows: nobody of Kubernetes goes by them. */
  | { readonly type: "ignored" };

export class FrameError extends Error {}

const HEAD_BYTES = 8;
/** Larger than any frame that clients of Kubernetes send (32 KiB). */
const MAX_FRAME_BYTES = 1024 * 1024;
const CONTROL = 0x8003;
const TYPE = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const;

/** Cuts bytes into frames. */
export class FrameReader {
  #rest: Buffer[] = [];
  #length = 0;

  /** @throws FrameError for what is no SPDY, or a frame too large. */
  *push(chunk: Buffer): Generator<Frame> {
    this.#rest.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      if (this.#length < HEAD_BYTES) return;
      const head = this.#join(HEAD_BYTES);
      const size = HEAD_BYTES + head.readUIntBE(5, 3);
      if (size > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${size} bytes is too large`);
      if (this.#length < size) return;
      const bytes = this.#join(size);
      this.#rest = bytes.length > size ? [bytes.subarray(size)] : [];
      this.#length -= size;
      yield parseFrame(bytes.subarray(0, size));
    }
  }

  /** One buffer with at least so many bytes. */
  #join(size: number): Buffer {
    const [first = Buffer.alloc(0)] = this.#rest;
    if (first.length >= size) return this.#rest.length === 1 ? first : this.#all();
    return this.#all();
  }

  #all(): Buffer {
    const all = Buffer.concat(this.#rest);
    this.#rest = [all];
    return all;
  }
}

function parseFrame(bytes: Buffer): Frame {
  const payload = bytes.subarray(HEAD_BYTES);
  const fin = ((bytes[4] ?? 0) & FIN) !== 0;
  if ((bytes[0] ?? 0) < 0x80) return { type: "data", streamId: bytes.readUInt32BE(0), fin, bytes: payload };
  if (bytes.readUInt16BE(0) !== CONTROL) throw new FrameError("this is not SPDY/3");
  return parseControl(bytes.readUInt16BE(2), payload, fin);
}

function parseControl(type: number, payload: Buffer, fin: boolean): Frame {
  const least = { [TYPE.synStream]: 10, [TYPE.rstStream]: 8, [TYPE.ping]: 4, [TYPE.headers]: 4 }[type] ?? 0;
  if (payload.length < least) throw new FrameError("a frame is too short");
  switch (type) {
    case TYPE.synStream:
      return { type: "synStream", streamId: idOf(payload), fin, block: payload.subarray(10) };
    case TYPE.headers:
      return { type: "headers", streamId: idOf(payload), fin, block: payload.subarray(4) };
    case TYPE.rstStream:
      return { type: "rstStream", streamId: idOf(payload) };
    case TYPE.ping:
      return { type: "ping", id: payload.readUInt32BE(0), bytes: payload.subarray(0, 4) };
    case TYPE.goAway:
      return { type: "goAway" };
    default:
      return { type: "ignored" };
  }
}

function idOf(payload: Buffer): number {
  return payload.readUInt32BE(0) & 0x7fffffff;
}

export function dataFrame(streamId: number, bytes: Uint8Array, flags: number): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + bytes.length);
  frame.writeUInt32BE(streamId, 0);
  frame.writeUInt8(flags, 4);
  frame.writeUIntBE(bytes.length, 5, 3);
  frame.set(bytes, HEAD_BYTES);
  return frame;
}

export function synReplyFrame(streamId: number, block: Buffer): Buffer {
  return controlFrame(TYPE.synReply, Buffer.concat([uint32(streamId), block]));
}

export type ResetReason = "protocolError" | "refusedStream" | "cancel";
const RESET_CODES: Readonly<Record<ResetReason, number>> = { protocolError: 1, refusedStream: 3, cancel: 5 };

export function rstStreamFrame(streamId: number, reason: ResetReason): Buffer {
  return controlFrame(TYPE.rstStream, Buffer.concat([uint32(streamId), uint32(RESET_CODES[reason])]));
}

export function pingFrame(id: Buffer): Buffer {
  return controlFrame(TYPE.ping, id);
}

export function goAwayFrame(lastStreamId: number): Buffer {
  return controlFrame(TYPE.goAway, Buffer.concat([uint32(lastStreamId), uint32(0)]));
}

function controlFrame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16BE(CONTROL, 0);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
