import type { Gap, Offset } from "./contract.ts";
import type { JournalDisk, JournalFile } from "./disk.ts";
import { claimedEnd, frameAt, HEADER_BYTES, type Frame, type Place } from "./frame.ts";
import { segmentName, type SegmentLog } from "./log.ts";
import { decodeRecords, type EventsRecord, type LogRecord } from "./records.ts";
import { scanSegment } from "./scan.ts";
import type { JournalState, SegmentInfo, StreamInfo } from "./state.ts";

export interface RawEvent {
  readonly offset: Offset;
  readonly receivedAtMs: number;
  /** Encoded. */
  readonly bytes: Uint8Array;
}

export interface RawRead {
  readonly events: readonly RawEvent[];
  readonly next: Offset;
  readonly gap?: Gap;
}

export interface ReadLimits {
  readonly limit: number;
  readonly maxBytes: number;
  /** Nothing from here on. */
  readonly before: Offset;
  /** Events to pass over. */
  readonly skip?: (offset: Offset) => boolean;
}

/** Frames between two marks of an index are read and left out. */
const STRIDE = 4096;
const CHUNK = 64 * 1024;
/** Sealed segments whose index, or descriptor, is kept. */
const KEPT = 16;

/** Where the events of each stream stand in a segment: first offsets and places of some frames, ascending. */
class SegmentIndex {
  readonly #marks = new Map<number, { readonly offsets: number[]; readonly positions: number[] }>();

  add({ stream, firstOffset }: EventsRecord, position: number): void {
    const marks = this.#marks.get(stream) ?? { offsets: [], positions: [] };
    this.#marks.set(stream, marks);
    if (position - (marks.positions.at(-1) ?? -STRIDE) < STRIDE) return;
    marks.offsets.push(firstOffset);
    marks.positions.push(position);
  }

  /** Where to begin to look for an offset. */
  find(stream: number, offset: Offset): number {
    const { offsets = [], positions = [] } = this.#marks.get(stream) ?? {};
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((offsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return positions[low - 1] ?? HEADER_BYTES;
  }
}

/** Reads events back. What it cannot read it quarantines (J9). */
export class JournalReader implements Disposable {
  readonly #source: { readonly disk: JournalDisk; readonly folder: string; readonly state: JournalState; readonly log: SegmentLog };
  readonly #indexes = new Map<number, SegmentIndex>();
  readonly #files = new Map<number, JournalFile>();

  constructor(source: { disk: JournalDisk; folder: string; state: JournalState; log: SegmentLog }) {
    this.#source = source;
  }

  /** To be told of every frame that is written. */
  note(records: readonly LogRecord[], place: Place): void {
    const index = this.#indexes.get(place.segment) ?? this.#keep(this.#indexes, place.segment, new SegmentIndex());
    for (const record of records) if (record.type === "events") index.add(record, place.position);
  }

  forget(segment: number): void {
    this.#indexes.delete(segment);
    this.#files.get(segment)?.[Symbol.dispose]();
    this.#files.delete(segment);
  }

  read(stream: StreamInfo, from: Offset, limits: ReadLimits): RawRead {
    const collector = new Collector(stream.number, from, { ...limits, before: Math.min(limits.before, stream.head) });
    let suspect: SegmentInfo | undefined;
    for (const info of this.#segmentsFrom(stream, from)) {
      if (collector.full) return collector.result();
      const range = info.streams.get(stream.number);
      const isDoubtful = info.quarantine?.released === false;
      if (range === undefined || range.to <= collector.next) {
        if (isDoubtful) suspect = info;
        continue;
      }
      if (range.from > collector.next && !collector.passOver(range.from, suspect)) return collector.result();
      suspect = undefined;
      this.#collect(info, collector);
      if (collector.gap !== undefined) return collector.result();
      if (!collector.full && collector.next < range.to && !collector.passOver(range.to, isStillDoubtful(info))) return collector.result();
    }
    if (!collector.full && collector.next < collector.before) collector.passOver(collector.before, suspect);
    return collector.result();
  }

  /** The records of the frame at `place`; undefined when it cannot be read, and its segment is then quarantined. */
  recordsAt(place: Place): LogRecord[] | undefined {
    const info = this.#source.state.segments.get(place.segment);
    if (info === undefined) return undefined;
    try {
      for (const frame of this.#frames(info, place.position)) return decodeRecords(frame.payload);
    } catch (error) {
      this.#quarantine(info, error);
    }
    return undefined;
  }

  /** All frames of a segment that can be read, in order; empty when its file is gone. */
  framesOf(segment: number): readonly Frame[] {
    return scanSegment(this.bytesOf(segment), segment, this.#source.state.segments.get(segment)?.end).frames;
  }

  /** The bytes of a segment; empty when they cannot be read at all. */
  bytesOf(segment: number): Uint8Array {
    const info = this.#source.state.segments.get(segment);
    try {
      return this.#file(segment)?.read(0, info?.end ?? 0) ?? new Uint8Array();
    } catch {
      return new Uint8Array(); // a broken sector of an old segment does not end the writer; who reads it finds the gap
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.values()) file[Symbol.dispose]();
    this.#files.clear();
  }

  /** Most reads are at the head: then no other segment is looked at. */
  #segmentsFrom(stream: StreamInfo, from: Offset): Iterable<SegmentInfo> {
    const { state, log } = this.#source;
    const current = state.segments.get(log.segment);
    const range = current?.streams.get(stream.number);
    return current !== undefined && range !== undefined && range.from <= from ? [current] : state.segments.values();
  }

  #collect(info: SegmentInfo, collector: Collector): void {
    if (info.quarantine === undefined) {
      try {
        const start = this.#index(info.segment).find(collector.stream, collector.next);
        for (const frame of this.#frames(info, start)) if (!collector.take(decodeRecords(frame.payload), info)) return;
        return;
      } catch (error) {
        this.#quarantine(info, error);
      }
    }
    for (const frame of this.framesOf(info.segment)) if (!collector.take(readable(frame), info)) return;
  }

  /** From a frame's start to the segment's end. @throws Error for one that cannot be read */
  *#frames(info: SegmentInfo, start: number): IterableIterator<Frame> {
    const file = this.#file(info.segment);
    if (file === undefined) throw new Error("the file is missing");
    let position = start;
    let length = CHUNK;
    while (position < info.end) {
      const origin = position;
      const bytes = file.read(origin, Math.min(length, info.end - origin));
      for (let frame = frameAt(bytes, { segment: info.segment, position }, origin); frame !== undefined;) {
        position = frame.end;
        yield frame;
        frame = frameAt(bytes, { segment: info.segment, position }, origin);
      }
      if (position > origin) continue;
      const needed = (claimedEnd(bytes, position, origin) ?? 0) - origin;
      if (needed <= bytes.length || needed > info.end - origin) throw new Error(`cannot be read: bytes from ${position}`);
      length = needed;
    }
  }

  #index(segment: number): SegmentIndex {
    const known = this.#indexes.get(segment);
    if (known !== undefined) return this.#keep(this.#indexes, segment, known);
    const index = new SegmentIndex();
    for (const frame of this.framesOf(segment)) {
      for (const record of decodeRecords(frame.payload)) if (record.type === "events") index.add(record, frame.position);
    }
    return this.#keep(this.#indexes, segment, index);
  }

  #file(segment: number): JournalFile | undefined {
    const { disk, folder, log } = this.#source;
    if (log.file?.segment === segment) return log.file.file;
    const file = this.#files.get(segment) ?? disk.open(`${folder}/${segmentName(segment)}`);
    if (file === undefined) return undefined;
    return this.#keep(this.#files, segment, file);
  }

  /** Makes `value` the youngest of at most KEPT. */
  #keep<T extends object>(map: Map<number, T>, segment: number, value: T): T {
    map.delete(segment);
    map.set(segment, value);
    for (const [oldest, one] of map) {
      if (map.size <= KEPT) break;
      if (Symbol.dispose in one) (one as Disposable)[Symbol.dispose]();
      map.delete(oldest);
    }
    return value;
  }

  #quarantine(info: SegmentInfo, error: unknown): void {
    info.quarantine ??= { message: error instanceof Error ? error.message : String(error), released: false };
  }
}

function isStillDoubtful(info: SegmentInfo): SegmentInfo | undefined {
  return info.quarantine?.released === false ? info : undefined;
}

function readable(frame: Frame): LogRecord[] {
  try {
    return decodeRecords(frame.payload);
  } catch {
    return [];
  }
}

/** Gathers one stream's events in order, up to limits, and notices what is missing between them. */
class Collector {
  readonly stream: number;
  readonly before: Offset;
  readonly #limits: ReadLimits;
  readonly #events: RawEvent[] = [];
  #bytes = 0;
  next: Offset;
  full = false;
  gap: Gap | undefined;

  constructor(stream: number, from: Offset, limits: ReadLimits) {
    this.stream = stream;
    this.before = limits.before;
    this.next = from;
    this.#limits = limits;
    this.full = from >= limits.before || limits.limit <= 0;
  }

  /** @returns whether there may be more to take */
  take(records: readonly LogRecord[], info: SegmentInfo): boolean {
    for (const record of records) {
      if (record.type !== "events" || record.stream !== this.stream) continue;
      if (record.firstOffset > this.next && !this.passOver(record.firstOffset, isStillDoubtful(info))) return false;
      if (!this.#takeEvents(record)) return false;
    }
    return true;
  }

  /** Goes on at `to`; if a segment is to blame for what is missing, there is a gap instead. */
  passOver(to: Offset, blame: SegmentInfo | undefined): boolean {
    if (blame === undefined) this.next = Math.min(to, this.before);
    else this.gap = { segment: blame.segment, from: this.next, to, message: blame.quarantine?.message ?? "" };
    this.full ||= this.next >= this.before;
    return this.gap === undefined;
  }

  result(): RawRead {
    const { next, gap } = this;
    return { events: this.#events, next, ...(gap === undefined ? {} : { gap }) };
  }

  #takeEvents({ firstOffset, events, atMs }: EventsRecord): boolean {
    for (let index = this.next - firstOffset; index < events.length; index++) {
      const bytes = events[index];
      if (bytes === undefined || this.full) return false;
      const offset = firstOffset + index;
      if (this.#limits.skip?.(offset) !== true) {
        const isTooMuch = this.#events.length > 0 && this.#bytes + bytes.length > this.#limits.maxBytes;
        if (isTooMuch) this.full = true;
        if (isTooMuch) return false;
        this.#events.push({ offset, receivedAtMs: atMs, bytes });
        this.#bytes += bytes.length;
      }
      this.next = offset + 1;
      this.full ||= this.next >= this.before || this.#events.length >= this.#limits.limit;
    }
    return !this.full;
  }
}
