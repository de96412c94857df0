/**
 * Segments and frames as bytes.
 *
 *   segment  header of 64 bytes, then frames, then zeros up to the length that the file was given
 *   header   "KINJRNL\n"  version u16  0 u16  segment u32  previous u32  previousEnd u32  createdAt f64  crc u32
 *   frame    "KF"  version u8  0 u8  length u32  crc u32  durable u32  payload  zeros up to 8 bytes
 *
 * The CRC covers the segment's number and the frame's place too, so bytes of another place or life are never taken for a frame.
 * `durable` is how far the segment was synced when the frame was written. It tells a torn tail from damage: a frame that
 * cannot be read was lost in a power cut if nothing after it knew it to be synced, and is damaged if something did.
 * `previousEnd` says where the segment before ends; whatever stands behind that is from a writer that failed.
 */
import { crc32 } from "node:zlib";

export const HEADER_BYTES = 64;
export const FRAME_HEADER_BYTES = 16;
export const FORMAT_VERSION = 1;
const ALIGNMENT = 8;
const SEGMENT_MAGIC = Buffer.from("KINJRNL\n");
const FRAME_MAGIC = Buffer.from("KF");
const HEADER_CRC_AT = 32;

export interface SegmentHeader {
  readonly version: number;
  readonly segment: number;
  /** 0 when there is none. */
  readonly previous: number;
  readonly previousEnd: number;
  readonly createdAtMs: number;
}

export interface Frame {
  /** Where its header begins. */
  readonly position: number;
  /** Where the next one begins. */
  readonly end: number;
  readonly durable: number;
  readonly payload: Uint8Array;
}

export interface Place {
  readonly segment: number;
  readonly position: number;
}

export function encodeHeader(header: Omit<SegmentHeader, "version">): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES);
  SEGMENT_MAGIC.copy(bytes);
  bytes.writeUInt16LE(FORMAT_VERSION, 8);
  bytes.writeUInt32LE(header.segment, 12);
  bytes.writeUInt32LE(header.previous, 16);
  bytes.writeUInt32LE(header.previousEnd, 20);
  bytes.writeDoubleLE(header.createdAtMs, 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT);
  return bytes;
}

/** undefined when it is none, or damaged. A newer version is the caller's to refuse. */
export function decodeHeader(raw: Uint8Array): SegmentHeader | undefined {
  const bytes = bufferOf(raw);
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, SEGMENT_MAGIC.length).equals(SEGMENT_MAGIC)) return undefined;
  if (bytes.readUInt32LE(HEADER_CRC_AT) !== crc32(bytes.subarray(0, HEADER_CRC_AT))) return undefined;
  return {
    version: bytes.readUInt16LE(8),
    segment: bytes.readUInt32LE(12),
    previous: bytes.readUInt32LE(16),
    previousEnd: bytes.readUInt32LE(20),
    createdAtMs: bytes.readDoubleLE(24),
  };
}

/** Bytes that a payload takes in a segment. */
export function frameBytes(payloadLength: number): number {
  return Math.ceil((FRAME_HEADER_BYTES + payloadLength) / ALIGNMENT) * ALIGNMENT;
}

/** The header to write before `payload` and the zeros to write after it. */
export function encodeFrame(payload: Uint8Array, place: Place, durable: number): readonly [header: Uint8Array, padding: Uint8Array] {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  FRAME_MAGIC.copy(header);
  header[2] = FORMAT_VERSION;
  header.writeUInt32LE(payload.length, 4);
  header.writeUInt32LE(durable, 12);
  header.writeUInt32LE(frameCrc(header, payload, place), 8);
  return [header, new Uint8Array(frameBytes(payload.length) - FRAME_HEADER_BYTES - payload.length)];
}

/** The frame at `place` in `bytes`, which begin at `origin` of the segment; undefined when there is no whole, undamaged one. */
export function frameAt(raw: Uint8Array, place: Place, origin = 0): Frame | undefined {
  const bytes = bufferOf(raw);
  const at = place.position - origin;
  if (at < 0 || at + FRAME_HEADER_BYTES > bytes.length) return undefined;
  const header = bytes.subarray(at, at + FRAME_HEADER_BYTES);
  if (header[0] !== FRAME_MAGIC[0] || header[1] !== FRAME_MAGIC[1]) return undefined;
  const length = header.readUInt32LE(4);
  const payload = bytes.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + length);
  if (payload.length < length || header.readUInt32LE(8) !== frameCrc(header, payload, place)) return undefined;
  return { position: place.position, end: place.position + frameBytes(length), durable: header.readUInt32LE(12), payload };
}

/** Length of the frame whose header stands at `position`, as far as that can be believed; undefined when none stands there. */
export function claimedEnd(raw: Uint8Array, position: number, origin = 0): number | undefined {
  const bytes = bufferOf(raw);
  const at = position - origin;
  if (at + FRAME_HEADER_BYTES > bytes.length || bytes[at] !== FRAME_MAGIC[0] || bytes[at + 1] !== FRAME_MAGIC[1]) return undefined;
  return position + frameBytes(bytes.readUInt32LE(at + 4));
}

/** The first good frame after `position`, in the bytes of the whole segment. */
export function nextGoodFrame(raw: Uint8Array, place: Place): Frame | undefined {
  const bytes = bufferOf(raw);
  for (let at = place.position + 1; ; at++) {
    at = bytes.indexOf(FRAME_MAGIC, at);
    if (at < 0) return undefined;
    if (at % ALIGNMENT !== 0) continue;
    const frame = frameAt(bytes, { segment: place.segment, position: at });
    if (frame !== undefined) return frame;
  }
}

function frameCrc(header: Buffer, payload: Uint8Array, place: Place): number {
  const context = Buffer.alloc(20);
  header.copy(context, 0, 0, 8);
  header.copy(context, 8, 12, 16);
  context.writeUInt32LE(place.segment, 12);
  context.writeUInt32LE(place.position, 16);
  return crc32(payload, crc32(context));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
