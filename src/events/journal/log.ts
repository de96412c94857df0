import type { JournalDisk, JournalFile, SyncReason } from "./disk.ts";
import { encodeFrame, encodeHeader, frameBytes, HEADER_BYTES, type Place } from "./frame.ts";

/** Where a writer begins: after the last segment that counts. */
export interface LogTail {
  /** 0 when there is none. */
  readonly previous: number;
  readonly previousEnd: number;
  readonly nextSegment: number;
}

export interface LogOptions {
  readonly disk: JournalDisk;
  readonly folder: string;
  readonly segmentBytes: number;
  readonly tail: LogTail;
}

const NAME = /^segment-(\d{10})\.log$/;

export function segmentName(segment: number): string {
  return `segment-${String(segment).padStart(10, "0")}.log`;
}

/** undefined for any other file. */
export function segmentOfName(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The end of the log. A writer never appends to a segment that it did not begin, so what an earlier one left behind its last
 * good frame stays where it is and is told apart by the next segment's header. After anything here has thrown, the writer is
 * of no more use.
 */
export class SegmentLog implements Disposable {
  readonly #options: LogOptions;
  #tail: LogTail;
  #current: CurrentSegment | undefined;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#tail = options.tail;
  }

  /** The segment that is being written, 0 when the next frame begins one. */
  get segment(): number {
    return this.#current?.segment ?? 0;
  }

  /** How far everything is synced; what a failed writer leaves behind this is not to be believed. */
  get durable(): LogTail {
    const { segment = 0, durable = 0 } = this.#current ?? {};
    const nextSegment = Math.max(this.#tail.nextSegment, segment + 1);
    return durable > 0 ? { previous: segment, previousEnd: durable, nextSegment } : { ...this.#tail, nextSegment };
  }

  /** The file that is being written, for reads. */
  get file(): { readonly segment: number; readonly file: JournalFile; readonly end: number } | undefined {
    const current = this.#current;
    return current === undefined ? undefined : { segment: current.segment, file: current.file, end: current.position };
  }

  /** Puts a frame at the end; `flush` writes it. */
  add(payload: Uint8Array, nowMs: number): Place & { readonly end: number } {
    const bytes = frameBytes(payload.length);
    if (this.#current !== undefined && this.#current.position + bytes > this.#current.length) this.seal();
    const current = (this.#current ??= this.#begin(bytes, nowMs));
    const place = { segment: current.segment, position: current.position };
    const [header, padding] = encodeFrame(payload, place, current.durable);
    current.unwritten.push(header, payload, padding);
    current.position += bytes;
    return { ...place, end: current.position };
  }

  /** What is written survives the death of the process, but not a power cut. */
  flush(): void {
    const current = this.#current;
    if (current === undefined || current.unwritten.length === 0) return;
    const chunks = current.unwritten.splice(0);
    current.file.write(current.written, chunks);
    current.written = current.position;
  }

  get isSynced(): boolean {
    return this.#current === undefined || this.#current.durable === this.#current.position;
  }

  /** Syncs what is flushed. */
  sync(reason: SyncReason): void {
    const current = this.#current;
    if (current === undefined || current.durable === current.written) return;
    current.file.sync(reason);
    if (current.durable === 0) this.#options.disk.syncFolder(this.#options.folder, reason);
    current.durable = current.written;
  }

  /** The next segment gets at least this number. */
  skipTo(segment: number): void {
    this.#tail = { ...this.#tail, nextSegment: Math.max(this.#tail.nextSegment, segment) };
  }

  /** Ends the segment: the next frame begins another one. */
  seal(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.flush();
    this.sync("roll");
    current.file.truncate(current.position);
    current.file[Symbol.dispose]();
    this.#tail = { previous: current.segment, previousEnd: current.position, nextSegment: current.segment + 1 };
    this.#current = undefined;
  }

  /** The number of the next segment to begin. */
  get nextSegment(): number {
    return this.durable.nextSegment;
  }

  /** Closes the file as it is. */
  [Symbol.dispose](): void {
    this.#current?.file[Symbol.dispose]();
    this.#current = undefined;
  }

  #begin(firstBytes: number, nowMs: number): CurrentSegment {
    const { disk, folder, segmentBytes } = this.#options;
    const { previous, previousEnd, nextSegment: segment } = this.#tail;
    const length = Math.max(segmentBytes, HEADER_BYTES + firstBytes);
    const file = disk.create(`${folder}/${segmentName(segment)}`, length);
    const header = encodeHeader({ segment, previous, previousEnd, createdAtMs: nowMs });
    return { segment, file, length, position: HEADER_BYTES, written: 0, durable: 0, unwritten: [header] };
  }
}

interface CurrentSegment {
  readonly segment: number;
  readonly file: JournalFile;
  readonly length: number;
  /** Where the next frame goes. */
  position: number;
  written: number;
  /** 0 as long as its name is not durable either. */
  durable: number;
  readonly unwritten: Uint8Array[];
}
