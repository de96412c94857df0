/**
 * What frames say. A frame is a list of records, done together or not at all. Streams and cursors go by numbers that the
 * journal gives once and never again; the records that introduce them carry the names.
 *
 * A record that this version does not know makes the frame unreadable (its segment is then quarantined): versions that add
 * records must raise FORMAT_VERSION, which older programs refuse.
 */
import { ByteReader, ByteWriter, MalformedBytes } from "./bytes.ts";
import type { Acknowledged, CursorDescription, Delivery, Failure, Offset, ParkedId, ParkedOutcome } from "./contract.ts";
import type { Range } from "./range-set.ts";

export interface EventsRecord {
  readonly type: "events";
  readonly stream: number;
  readonly firstOffset: Offset;
  readonly atMs: number;
  /** Encoded events. */
  readonly events: readonly Uint8Array[];
}

export interface CursorRecord {
  readonly type: "cursor";
  readonly cursor: number;
  readonly stream: number;
  readonly reader: string;
  /** Where it starts; of no meaning for one that exists. */
  readonly floor: Offset;
  readonly until: Offset | undefined;
  readonly backlogLimit: number;
  readonly description: CursorDescription;
}

export interface AcknowledgedRecord {
  readonly type: "acknowledged";
  readonly cursor: number;
  readonly atMs: number;
  readonly acknowledged: readonly Acknowledged[];
}

export interface AttemptRecord {
  readonly type: "attempt";
  readonly cursor: number;
  readonly atMs: number;
  readonly offset: Offset;
  readonly attempt: number;
  readonly nextAtMs: number | undefined;
  readonly status: number | undefined;
  readonly note: string;
}

/** Events of one cursor that are parked for one reason; ids count up from `firstId` in the order of the offsets. */
export interface ParkedRecord {
  readonly type: "parked";
  readonly cursor: number;
  readonly firstId: ParkedId;
  readonly atMs: number;
  readonly attempts: number;
  readonly failure: Failure;
  readonly offsets: readonly Range[];
}

/** A parked item that carries its own event: an edited copy, or one whose segment was given up. */
export interface ParkedCopyRecord {
  readonly type: "parked-copy";
  readonly id: ParkedId;
  /** Set for an edited copy, which is a new item. */
  readonly editOf: ParkedId | undefined;
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly event: Uint8Array;
}

export type LogRecord =
  | { readonly type: "stream"; readonly stream: number; readonly id: string }
  | { readonly type: "stream-removed"; readonly stream: number; readonly purge: boolean }
  | EventsRecord
  | CursorRecord
  | { readonly type: "cursor-removed"; readonly cursor: number; readonly purge: boolean }
  | AcknowledgedRecord
  | AttemptRecord
  | ParkedRecord
  | ParkedCopyRecord
  | { readonly type: "parked-note"; readonly id: ParkedId; readonly atMs: number; readonly failure: Failure }
  | { readonly type: "parked-resolved"; readonly ids: readonly Range[]; readonly outcome: ParkedOutcome; readonly atMs: number }
  | { readonly type: "released"; readonly segment: number };

/** Places in these lists are written to disk: append only. */
const TYPES = [
  "stream",
  "stream-removed",
  "events",
  "cursor",
  "cursor-removed",
  "acknowledged",
  "attempt",
  "parked",
  "parked-copy",
  "parked-note",
  "parked-resolved",
  "released",
] as const satisfies readonly LogRecord["type"][];
const OUTCOMES = ["filtered", "delivered", "dead-lettered", "discarded"] as const satisfies readonly Acknowledged["outcome"][];
const PARKED_OUTCOMES = ["redriven", "republished", "purged", "superseded"] as const satisfies readonly ParkedOutcome[];

const MAX_NOTE = 1024;

export function encodeRecords(records: readonly LogRecord[], writer: ByteWriter = new ByteWriter()): Uint8Array {
  for (const record of records) {
    writer.byte(TYPES.indexOf(record.type));
    writeBody(writer, record);
  }
  return writer.view();
}

/** Bytes in the records are views into `payload`. @throws MalformedBytes */
export function decodeRecords(payload: Uint8Array): LogRecord[] {
  const reader = new ByteReader(payload);
  const records: LogRecord[] = [];
  while (!reader.done) records.push(readRecord(reader));
  return records;
}

function writeBody(writer: ByteWriter, record: LogRecord): void {
  switch (record.type) {
    case "stream":
      writer.number(record.stream);
      return writer.text(record.id);
    case "stream-removed":
      writer.number(record.stream);
      return writer.byte(record.purge ? 1 : 0);
    case "events":
      return writeEvents(writer, record);
    case "cursor":
      return writeCursor(writer, record);
    case "cursor-removed":
      writer.number(record.cursor);
      return writer.byte(record.purge ? 1 : 0);
    case "acknowledged":
      return writeAcknowledged(writer, record);
    case "attempt":
      return writeAttempt(writer, record);
    case "parked":
      return writeParked(writer, record);
    case "parked-copy":
      return writeCopy(writer, record);
    case "parked-note":
      writer.number(record.id);
      writer.float(record.atMs);
      return writeFailure(writer, record.failure);
    case "parked-resolved":
      writeRanges(writer, record.ids);
      writer.byte(PARKED_OUTCOMES.indexOf(record.outcome));
      return writer.float(record.atMs);
    case "released":
      return writer.number(record.segment);
  }
}

function readRecord(reader: ByteReader): LogRecord {
  const type = member(TYPES, reader.byte());
  switch (type) {
    case "stream":
      return { type, stream: reader.number(), id: reader.text() };
    case "stream-removed":
      return { type, stream: reader.number(), purge: reader.byte() === 1 };
    case "events":
      return readEvents(reader);
    case "cursor":
      return readCursor(reader);
    case "cursor-removed":
      return { type, cursor: reader.number(), purge: reader.byte() === 1 };
    case "acknowledged":
      return readAcknowledged(reader);
    case "attempt":
      return readAttempt(reader);
    case "parked":
      return readParked(reader);
    case "parked-copy":
      return readCopy(reader);
    case "parked-note":
      return { type, id: reader.number(), atMs: reader.float(), failure: readFailure(reader) };
    case "parked-resolved":
      return { type, ids: readRanges(reader), outcome: member(PARKED_OUTCOMES, reader.byte()), atMs: reader.float() };
    case "released":
      return { type, segment: reader.number() };
  }
}

function writeEvents(writer: ByteWriter, record: EventsRecord): void {
  writer.number(record.stream);
  writer.number(record.firstOffset);
  writer.float(record.atMs);
  writer.number(record.events.length);
  for (const event of record.events) writer.bytes(event);
}

function readEvents(reader: ByteReader): EventsRecord {
  const [stream, firstOffset, atMs] = [reader.number(), reader.number(), reader.float()];
  const events: Uint8Array[] = [];
  for (let left = reader.number(); left > 0; left--) events.push(reader.bytes());
  return { type: "events", stream, firstOffset, atMs, events };
}

function writeCursor(writer: ByteWriter, record: CursorRecord): void {
  writer.number(record.cursor);
  writer.number(record.stream);
  writer.text(record.reader);
  writer.number(record.floor);
  writer.optional(record.until);
  writer.number(record.backlogLimit);
  const { namespace = "", broker = "", trigger = "" } = record.description;
  for (const text of [namespace, broker, trigger]) writer.text(text);
}

function readCursor(reader: ByteReader): CursorRecord {
  const [cursor, stream, name, floor] = [reader.number(), reader.number(), reader.text(), reader.number()];
  const [until, backlogLimit] = [reader.optional(), reader.number()];
  const description = withoutEmpty({ namespace: reader.text(), broker: reader.text(), trigger: reader.text() });
  return { type: "cursor", cursor, stream, reader: name, floor, until, backlogLimit, description };
}

function writeAcknowledged(writer: ByteWriter, record: AcknowledgedRecord): void {
  writer.number(record.cursor);
  writer.float(record.atMs);
  writer.number(record.acknowledged.length);
  for (const one of record.acknowledged) {
    writer.byte(OUTCOMES.indexOf(one.outcome));
    if (one.outcome === "filtered") {
      writer.number(one.from);
      writer.number(one.to);
    } else {
      writer.number(one.offset);
      for (const value of [one.status, one.attempt, one.durationMs]) writer.optional(value === undefined ? value : Math.floor(value));
      writer.text(cut(one.note));
    }
  }
}

function readAcknowledged(reader: ByteReader): AcknowledgedRecord {
  const [cursor, atMs] = [reader.number(), reader.float()];
  const acknowledged: Acknowledged[] = [];
  for (let left = reader.number(); left > 0; left--) {
    const outcome = member(OUTCOMES, reader.byte());
    if (outcome === "filtered") acknowledged.push({ outcome, from: reader.number(), to: reader.number() });
    else acknowledged.push({ outcome, offset: reader.number(), ...readDelivery(reader) });
  }
  return { type: "acknowledged", cursor, atMs, acknowledged };
}

function readDelivery(reader: ByteReader): Delivery {
  const [status, attempt, durationMs, note] = [reader.optional(), reader.optional(), reader.optional(), reader.text()];
  return {
    ...(status === undefined ? {} : { status }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(note === "" ? {} : { note }),
  };
}

function writeAttempt(writer: ByteWriter, record: AttemptRecord): void {
  writer.number(record.cursor);
  writer.float(record.atMs);
  writer.number(record.offset);
  writer.number(record.attempt);
  writer.float(record.nextAtMs ?? NaN);
  writer.optional(record.status);
  writer.text(cut(record.note));
}

function readAttempt(reader: ByteReader): AttemptRecord {
  const [cursor, atMs, offset, attempt, next] = [reader.number(), reader.float(), reader.number(), reader.number(), reader.float()];
  const nextAtMs = Number.isNaN(next) ? undefined : next;
  return { type: "attempt", cursor, atMs, offset, attempt, nextAtMs, status: reader.optional(), note: reader.text() };
}

function writeParked(writer: ByteWriter, record: ParkedRecord): void {
  writer.number(record.cursor);
  writer.number(record.firstId);
  writer.float(record.atMs);
  writer.number(record.attempts);
  writeFailure(writer, record.failure);
  writeRanges(writer, record.offsets);
}

function readParked(reader: ByteReader): ParkedRecord {
  const [cursor, firstId, atMs, attempts] = [reader.number(), reader.number(), reader.float(), reader.number()];
  return { type: "parked", cursor, firstId, atMs, attempts, failure: readFailure(reader), offsets: readRanges(reader) };
}

function writeCopy(writer: ByteWriter, record: ParkedCopyRecord): void {
  writer.number(record.id);
  writer.optional(record.editOf);
  writer.float(record.atMs);
  writer.float(record.receivedAtMs);
  writer.bytes(record.event);
}

function readCopy(reader: ByteReader): ParkedCopyRecord {
  const [id, editOf, atMs] = [reader.number(), reader.optional(), reader.float()];
  return { type: "parked-copy", id, editOf, atMs, receivedAtMs: reader.float(), event: reader.bytes() };
}

export function writeFailure(writer: ByteWriter, failure: Failure): void {
  writer.text(cut(failure.reason));
  writer.optional(failure.status);
  writer.text(cut(failure.destination));
  writer.text(cut(failure.message));
}

export function readFailure(reader: ByteReader): Failure {
  const [reason, status] = [reader.text(), reader.optional()];
  const texts = withoutEmpty({ destination: reader.text(), message: reader.text() });
  return { reason, ...(status === undefined ? {} : { status }), ...texts };
}

/** As it will be read: what is in memory must not know more than what is written. */
export function shortFailure({ reason, status, destination, message }: Failure): Failure {
  return {
    reason: cut(reason),
    ...(status === undefined ? {} : { status }),
    ...withoutEmpty({ destination: cut(destination), message: cut(message) }),
  };
}

/** Each range as its distance from the one before and its length. */
export function writeRanges(writer: ByteWriter, ranges: Iterable<Range>): void {
  const list = [...ranges];
  writer.number(list.length);
  let last = 0;
  for (const [from, to] of list) {
    writer.number(from - last);
    writer.number(to - from);
    last = to;
  }
}

export function readRanges(reader: ByteReader): Range[] {
  const ranges: Range[] = [];
  let last = 0;
  for (let left = reader.number(); left > 0; left--) {
    const from = last + reader.number();
    last = from + reader.number();
    ranges.push([from, last]);
  }
  return ranges;
}

function withoutEmpty<T extends Record<string, string>>(texts: T): Partial<T> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== "")) as Partial<T>;
}

/** Texts for people are cut, never refused. */
function cut(text: string = ""): string {
  return text.length <= MAX_NOTE ? text : text.slice(0, MAX_NOTE).replace(/[\ud800-\udbff]$/, "");
}

function member<T extends string>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new MalformedBytes(`unknown kind ${place}`);
  return found;
}
