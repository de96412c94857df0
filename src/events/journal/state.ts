/**
 * What the journal knows, as a pure function of the records in their order. Recovery and the running journal apply the same
 * records through the same code, so a restart cannot know anything else than the process before it did.
 *
 * There is no index on disk beside the snapshot: what is needed always (heads, cursors, parked ranges, which segment holds which
 * offsets) is small and in memory; where in a segment an event stands is found by scanning that segment when it is first read.
 */
import type { CursorKey, Offset, StreamId } from "./contract.ts";
import { Cursor } from "./cursor.ts";
import type { Place } from "./frame.ts";
import { ParkedItems } from "./parked.ts";
import type { AcknowledgedRecord, AttemptRecord, CursorRecord, EventsRecord, LogRecord, ParkedRecord } from "./records.ts";

export interface StreamInfo {
  readonly number: number;
  readonly id: StreamId;
  head: Offset;
  removed: boolean;
}

export interface SegmentInfo {
  readonly segment: number;
  /** Where it ends; grows while it is written. */
  end: number;
  /** When its last event was received. */
  lastAtMs: number;
  /** By stream number: offsets `from` to `to`, without `to`. */
  readonly streams: Map<number, { readonly from: Offset; to: Offset }>;
  /** Copies of parked events that were written to it. */
  copies: number;
  quarantine?: { readonly message: string; released: boolean };
}

export class JournalState {
  readonly streams = new Map<number, StreamInfo>();
  readonly cursors = new Map<number, Cursor>();
  /** In the order of their numbers. */
  readonly segments = new Map<number, SegmentInfo>();
  readonly parked = new ParkedItems();
  nextStream = 1;
  nextCursor = 1;
  readonly #streamsById = new Map<StreamId, StreamInfo>();
  readonly #cursorsByStream = new Map<number, Map<string, Cursor>>();

  stream(id: StreamId): StreamInfo | undefined {
    return this.#streamsById.get(id);
  }

  cursor(key: CursorKey): Cursor | undefined {
    const stream = this.stream(key.stream);
    return stream === undefined ? undefined : this.#cursorsByStream.get(stream.number)?.get(key.reader);
  }

  /** Those that are not removed. */
  cursorsOf(stream: number): readonly Cursor[] {
    return [...(this.#cursorsByStream.get(stream)?.values() ?? [])];
  }

  /** The first offset of a stream that is still in a segment; its head when there is none. */
  oldest(stream: StreamInfo): Offset {
    for (const segment of this.segments.values()) {
      const range = segment.streams.get(stream.number);
      if (range !== undefined) return range.from;
    }
    return stream.head;
  }

  /** The segment at `place` is made when it is new. */
  apply(record: LogRecord, place: Place): void {
    switch (record.type) {
      case "stream":
        return this.addStream({ number: record.stream, id: record.id, head: 0, removed: false });
      case "stream-removed":
        return this.#removeStream(record.stream, record.purge);
      case "events":
        return this.#events(record, place);
      case "cursor":
        return this.#cursor(record);
      case "cursor-removed":
        return this.#removeCursor(this.cursors.get(record.cursor), record.purge);
      case "acknowledged":
        return this.#acknowledged(record);
      case "attempt":
        return this.#attempt(record);
      case "parked":
        return this.#park(record);
      case "parked-copy":
        this.segmentAt(place.segment).copies += 1;
        return this.parked.copy(record, place);
      case "parked-note":
        return this.parked.note(record.id, record.failure);
      case "parked-resolved":
        for (const [from, to] of record.ids) this.parked.resolve(from, to);
        return this.#forgetRemoved();
      case "released":
        return this.#release(record.segment);
    }
  }

  segmentAt(segment: number, atMs = 0): SegmentInfo {
    const known = this.segments.get(segment);
    if (known !== undefined) return known;
    const added: SegmentInfo = { segment, end: 0, lastAtMs: atMs, streams: new Map(), copies: 0 };
    this.segments.set(segment, added);
    return added;
  }

  addStream(stream: StreamInfo): void {
    this.streams.set(stream.number, stream);
    this.nextStream = Math.max(this.nextStream, stream.number + 1);
    if (!stream.removed) this.#streamsById.set(stream.id, stream);
  }

  addCursor(cursor: Cursor): void {
    const { number, stream, reader } = cursor.identity;
    this.cursors.set(number, cursor);
    this.nextCursor = Math.max(this.nextCursor, number + 1);
    if (cursor.removed) return;
    const readers = this.#cursorsByStream.get(stream) ?? new Map<string, Cursor>();
    this.#cursorsByStream.set(stream, readers.set(reader, cursor));
  }

  #events(record: EventsRecord, place: Place): void {
    const stream = this.streams.get(record.stream);
    if (stream === undefined) return;
    stream.head = record.firstOffset + record.events.length;
    const segment = this.segmentAt(place.segment, record.atMs);
    segment.lastAtMs = Math.max(segment.lastAtMs, record.atMs);
    const range = segment.streams.get(record.stream);
    if (range === undefined) segment.streams.set(record.stream, { from: record.firstOffset, to: stream.head });
    else range.to = stream.head;
  }

  #cursor(record: CursorRecord): void {
    const { cursor: number, stream, reader, until, backlogLimit, description } = record;
    const settings = { until, backlogLimit, description };
    const known = this.cursors.get(number);
    if (known !== undefined) known.settings = settings;
    else if (this.streams.has(stream)) this.addCursor(new Cursor({ number, stream, reader }, settings, record.floor));
  }

  #acknowledged(record: AcknowledgedRecord): void {
    const cursor = this.cursors.get(record.cursor);
    for (const one of record.acknowledged) {
      if (one.outcome === "filtered") cursor?.settle(one.from, one.to);
      else cursor?.settle(one.offset);
    }
  }

  #attempt({ cursor, offset, attempt, nextAtMs }: AttemptRecord): void {
    const known = this.cursors.get(cursor);
    if (known !== undefined && !known.isSettled(offset)) known.attempts.set(offset, { attempts: attempt, nextAtMs });
  }

  #park(record: ParkedRecord): void {
    this.parked.park(record);
    const cursor = this.cursors.get(record.cursor);
    for (const [from, to] of record.offsets) cursor?.settle(from, to);
  }

  #removeStream(number: number, purge: boolean): void {
    const stream = this.streams.get(number);
    if (stream === undefined) return;
    stream.removed = true;
    if (this.#streamsById.get(stream.id) === stream) this.#streamsById.delete(stream.id);
    for (const cursor of this.cursorsOf(number)) this.#removeCursor(cursor, purge);
    this.#forgetRemoved();
  }

  #removeCursor(cursor: Cursor | undefined, purge: boolean): void {
    if (cursor === undefined) return;
    const { number, stream, reader } = cursor.identity;
    cursor.removed = true;
    this.#cursorsByStream.get(stream)?.delete(reader);
    if (purge) this.parked.purge(number);
    this.#forgetRemoved();
  }

  /** Removed cursors and streams are kept while parked items speak of them. */
  #forgetRemoved(): void {
    const needed = new Set<number>();
    for (const [number, cursor] of this.cursors) {
      if (!cursor.removed || this.parked.count(number) > 0) needed.add(cursor.identity.stream);
      else this.cursors.delete(number);
    }
    for (const [number, stream] of this.streams) if (stream.removed && !needed.has(number)) this.streams.delete(number);
  }

  #release(segment: number): void {
    const quarantine = this.segments.get(segment)?.quarantine;
    if (quarantine !== undefined) quarantine.released = true;
  }
}
