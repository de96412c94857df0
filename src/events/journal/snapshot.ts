/**
 * The state after all frames of the segments before `base`, as bytes: what recovery begins with. Two are kept, and a segment
 * goes only when the older one does not need it either, so one that cannot be read costs time and nothing else.
 */
import { crc32 } from "node:zlib";
import { ByteReader, ByteWriter, MalformedBytes } from "./bytes.ts";
import { Cursor } from "./cursor.ts";
import { FORMAT_VERSION } from "./frame.ts";
import type { ParkedItems } from "./parked.ts";
import { RangeSet } from "./range-set.ts";
import { readFailure, readRanges, writeFailure, writeRanges } from "./records.ts";
import { JournalState, type SegmentInfo } from "./state.ts";

const MAGIC = Buffer.from("KINSNAP\n");
/** Magic, version u16, 0 u16, CRC u32. */
const HEADER_BYTES = 16;

export interface Snapshot {
  /** The first segment that it does not cover. */
  readonly base: number;
  readonly state: JournalState;
}

export type SnapshotRead = { readonly kind: "ok"; readonly snapshot: Snapshot } | { readonly kind: "newer" } | { readonly kind: "broken" };

export function encodeSnapshot({ base, state }: Snapshot): Uint8Array {
  const writer = new ByteWriter(64 * 1024);
  writer.raw(new Uint8Array(HEADER_BYTES));
  for (const value of [base, state.nextStream, state.nextCursor, state.parked.nextId]) writer.number(value);
  writer.number(state.streams.size);
  for (const { number, id, head, removed } of state.streams.values()) {
    for (const value of [number, head, removed ? 1 : 0]) writer.number(value);
    writer.text(id);
  }
  writer.number(state.cursors.size);
  for (const cursor of state.cursors.values()) writeCursor(writer, cursor);
  const segments = [...state.segments.values()].filter(({ segment }) => segment < base);
  writer.number(segments.length);
  for (const segment of segments) writeSegment(writer, segment);
  writeParked(writer, state.parked);
  return sealed(writer.view());
}

export function decodeSnapshot(raw: Uint8Array): SnapshotRead {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return { kind: "broken" };
  if (bytes.readUInt32LE(12) !== checksum(bytes)) return { kind: "broken" };
  if (bytes.readUInt16LE(8) > FORMAT_VERSION) return { kind: "newer" };
  try {
    return { kind: "ok", snapshot: readSnapshot(new ByteReader(bytes, HEADER_BYTES)) };
  } catch (error) {
    if (error instanceof MalformedBytes) return { kind: "broken" };
    throw error;
  }
}

function sealed(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  MAGIC.copy(buffer);
  buffer.writeUInt16LE(FORMAT_VERSION, 8);
  buffer.writeUInt32LE(checksum(buffer), 12);
  return bytes;
}

/** Of everything but itself. */
function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, HEADER_BYTES - 4)));
}

function readSnapshot(reader: ByteReader): Snapshot {
  const state = new JournalState();
  const [base, nextStream, nextCursor, nextParked] = [reader.number(), reader.number(), reader.number(), reader.number()];
  repeat(reader, () => {
    const [number, head, removed] = [reader.number(), reader.number(), reader.number() === 1];
    state.addStream({ number, head, removed, id: reader.text() });
  });
  repeat(reader, () => state.addCursor(readCursor(reader)));
  repeat(reader, () => {
    const segment = readSegment(reader);
    state.segments.set(segment.segment, segment);
  });
  readParked(reader, state.parked);
  Object.assign(state, { nextStream, nextCursor });
  state.parked.nextId = nextParked;
  return { base, state };
}

function repeat(reader: ByteReader, read: () => void): void {
  for (let left = reader.number(); left > 0; left--) read();
}

function writeCursor(writer: ByteWriter, cursor: Cursor): void {
  const { identity, settings } = cursor;
  for (const value of [identity.number, identity.stream, cursor.removed ? 1 : 0, cursor.floor]) writer.number(value);
  writer.optional(settings.until);
  writer.number(settings.backlogLimit);
  const { namespace = "", broker = "", trigger = "" } = settings.description;
  for (const text of [identity.reader, namespace, broker, trigger]) writer.text(text);
  writeRanges(writer, cursor.settled.ranges());
  writer.number(cursor.attempts.size);
  for (const [offset, { attempts, nextAtMs }] of cursor.attempts) {
    writer.number(offset);
    writer.number(attempts);
    writer.float(nextAtMs ?? NaN);
  }
}

function readCursor(reader: ByteReader): Cursor {
  const [number, stream, removed, floor] = [reader.number(), reader.number(), reader.number() === 1, reader.number()];
  const [until, backlogLimit] = [reader.optional(), reader.number()];
  const [name, namespace, broker, trigger] = [reader.text(), reader.text(), reader.text(), reader.text()];
  const description = { ...(namespace && { namespace }), ...(broker && { broker }), ...(trigger && { trigger }) };
  const cursor = new Cursor({ number, stream, reader: name }, { until, backlogLimit, description }, floor);
  cursor.removed = removed;
  for (const [from, to] of readRanges(reader)) cursor.settle(from, to);
  repeat(reader, () => {
    const [offset, attempts, next] = [reader.number(), reader.number(), reader.float()];
    cursor.attempts.set(offset, { attempts, nextAtMs: Number.isNaN(next) ? undefined : next });
  });
  return cursor;
}

function writeSegment(writer: ByteWriter, { segment, end, lastAtMs, streams, copies, quarantine }: SegmentInfo): void {
  for (const value of [segment, end, copies]) writer.number(value);
  writer.float(lastAtMs);
  writer.number(streams.size);
  for (const [stream, { from, to }] of streams) for (const value of [stream, from, to]) writer.number(value);
  writer.byte(quarantine === undefined ? 0 : quarantine.released ? 2 : 1);
  writer.text(quarantine?.message ?? "");
}

function readSegment(reader: ByteReader): SegmentInfo {
  const [segment, end, copies, lastAtMs] = [reader.number(), reader.number(), reader.number(), reader.float()];
  const streams = new Map<number, { from: number; to: number }>();
  repeat(reader, () => void streams.set(reader.number(), { from: reader.number(), to: reader.number() }));
  const [flag, message] = [reader.byte(), reader.text()];
  return { segment, end, copies, lastAtMs, streams, ...(flag === 0 ? {} : { quarantine: { message, released: flag === 2 } }) };
}

function writeParked(writer: ByteWriter, parked: ParkedItems): void {
  writer.number(parked.groups.length);
  for (const group of parked.groups) {
    for (const value of [group.firstId, group.cursor, group.attempts]) writer.number(value);
    writer.float(group.atMs);
    writer.optional(group.editOf);
    writeFailure(writer, group.failure);
    writeRanges(writer, group.offsets);
    writeRanges(writer, group.resolved.ranges());
  }
  writer.number(parked.copies.size);
  for (const [id, { place, receivedAtMs }] of parked.copies) {
    for (const value of [id, place.segment, place.position]) writer.number(value);
    writer.float(receivedAtMs);
  }
  writer.number(parked.notes.size);
  for (const [id, { redrives, failure }] of parked.notes) {
    writer.number(id);
    writer.number(redrives);
    writeFailure(writer, failure);
  }
}

function readParked(reader: ByteReader, parked: ParkedItems): void {
  repeat(reader, () => {
    const [firstId, cursor, attempts, atMs] = [reader.number(), reader.number(), reader.number(), reader.float()];
    const [editOf, failure, offsets, resolved] = [reader.optional(), readFailure(reader), readRanges(reader), readRanges(reader)];
    const count = offsets.reduce((sum, [from, to]) => sum + to - from, 0);
    parked.restore({ firstId, cursor, attempts, atMs, editOf, failure, offsets, count, resolved: new RangeSet(resolved) });
  });
  repeat(reader, () => {
    const [id, segment, position] = [reader.number(), reader.number(), reader.number()];
    parked.copies.set(id, { place: { segment, position }, receivedAtMs: reader.float() });
  });
  repeat(reader, () => {
    const [id, redrives] = [reader.number(), reader.number()];
    parked.notes.set(id, { redrives, failure: readFailure(reader) });
  });
}
