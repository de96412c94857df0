/**
 * The journal without its thread: each turn takes what has been asked since the last one, writes it as frames, syncs once, and
 * answers. Everything is synchronous; `JournalLoop` decides when.
 *
 * E1 an answer to a synced write is made before the sync and handed out after it. E2 reads of a turn come after its sync, so they
 * see nothing that a power cut could take back. E3 whatever the disk throws ends this engine: `failure` says why, `reopen` makes
 * the next one. E4 a snapshot covers whole segments: the log is sealed, then the state is written.
 */
import { ANSWERERS, cursorState } from "./answers.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { JournalHealth, JournalLimits, OpenFailure, Refusal } from "./contract.ts";
import { isDiskFull, type JournalDisk } from "./disk.ts";
import { DRAFTERS, type Draft, type DraftContext } from "./drafts.ts";
import { SegmentLog, segmentName, type LogTail } from "./log.ts";
import { WRITES, type Answer, type Mistake, type OperationName, type ReadName } from "./operations.ts";
import type { Request, Unavailable, WriteName } from "./operations.ts";
import { parkedEvent } from "./parked-read.ts";
import { JournalReader } from "./reader.ts";
import { encodeRecords, type LogRecord } from "./records.ts";
import { recover, snapshotName, type Recovered } from "./recover.ts";
import { isWorthMoving, parkedBySegment, parkedIn, totalBytes, unneededSegments } from "./retention.ts";
import { encodeSnapshot } from "./snapshot.ts";
import type { JournalState, SegmentInfo } from "./state.ts";

export interface EngineOptions {
  readonly disk: JournalDisk;
  readonly folder: string;
  readonly clock: Clock;
  readonly limits: JournalLimits;
  readonly logger: Logger;
}

export type AnyAnswer = Answer<OperationName> | Unavailable | Mistake;

export interface EngineFailure {
  readonly kind: "full" | "unavailable";
  readonly message: string;
  /** Where the next engine begins. */
  readonly cut: LogTail;
}

const SNAPSHOTS_KEPT = 2;
/** How long the disk's free space is believed. */
const FREE_MS = 250;
const FULL_RETRY_MS = 5_000;
/** Relocated events are written in frames of about this size. */
const RELOCATION_BYTES = 256 * 1024;
/** Where records are that say nothing about events. */
const NOWHERE = { segment: 0, position: 0 };
const IS_WRITE: ReadonlySet<string> = new Set(WRITES);

export class JournalEngine implements Disposable {
  readonly #options: EngineOptions;
  readonly #state: JournalState;
  readonly #log: SegmentLog;
  readonly #reader: JournalReader;
  readonly #snapshots: number[];
  #sinceSnapshot: number;
  readonly #grown = new Set<number>();
  #free: { readonly atMs: number; readonly isFull: boolean } | undefined;
  failure: EngineFailure | undefined;

  private constructor(options: EngineOptions, recovered: Recovered) {
    const { disk, folder, limits } = options;
    this.#options = options;
    this.#state = recovered.state;
    this.#snapshots = [...recovered.snapshots];
    this.#sinceSnapshot = recovered.tailBytes;
    this.#log = new SegmentLog({ disk, folder, segmentBytes: limits.segmentBytes, tail: recovered.tail });
    this.#reader = new JournalReader({ disk, folder, state: recovered.state, log: this.#log });
    for (const problem of recovered.problems) options.logger.error("the journal is damaged", { problem });
  }

  /** The caller holds the folder's lock. `cut`: what the engine before knew to be durable. @throws what the disk throws */
  static open(options: EngineOptions, cut?: LogTail): JournalEngine | OpenFailure {
    const { disk, folder } = options;
    const recovered = recover({ disk, folder, ...(cut === undefined ? {} : { cut }) });
    return recovered.kind === "ok" ? new JournalEngine(options, recovered) : recovered;
  }

  /** Streams that grew since this was last asked, with their heads. */
  takeGrown(): Map<string, number> {
    const grown = [...this.#grown].flatMap((number) => this.#state.streams.get(number) ?? []);
    this.#grown.clear();
    return new Map(grown.filter((stream) => !stream.removed).map(({ id, head }) => [id, head]));
  }

  /** Whether something waits for the lazy sync. */
  get isDirty(): boolean {
    return !this.#log.isSynced;
  }

  /** Answers in the order of the requests. */
  turn(requests: readonly Request[]): AnyAnswer[] {
    const answers = new Map<number, AnyAnswer>();
    this.#guard(() => this.#write(requests, answers));
    for (const [index, request] of requests.entries()) {
      if (this.failure !== undefined && (isWrite(request.op) || !answers.has(index))) answers.set(index, this.refusal());
      else if (!isWrite(request.op)) this.#guard(() => void answers.set(index, this.#answerOrMistake(request)));
    }
    return requests.map((_, index) => answers.get(index) ?? (this.failure === undefined ? undefined : this.refusal()));
  }

  /** J4. */
  syncLazily(): void {
    this.#guard(() => this.#log.sync("lazy"));
  }

  /** To be called every second or so: snapshots and retention. */
  maintain(): void {
    this.#guard(() => {
      const doomed = this.#removable();
      const isLong = this.#sinceSnapshot >= this.#options.limits.segmentBytes * 4;
      if (!isLong && doomed.length === 0 && !this.#isCurrentUnneeded()) return;
      this.#log.sync("lazy");
      this.#checkpoint(doomed.filter((info) => this.#relocateParked(info)));
    });
  }

  /** Makes the next start quick. */
  close(): void {
    this.#guard(() => {
      if (this.#sinceSnapshot > 0) this.#checkpoint([]);
    });
    this[Symbol.dispose]();
  }

  health(): JournalHealth {
    const { limits, folder } = this.#options;
    const isFull = this.failure?.kind === "full" || this.#full() !== undefined;
    const quarantined = [...this.#state.segments.values()].flatMap(({ segment, quarantine }) =>
      quarantine === undefined ? [] : [{ segment, path: `${folder}/${segmentName(segment)}`, ...quarantine }],
    );
    const cursors = [...this.#state.streams.values()].flatMap((stream) => this.#state.cursorsOf(stream.number));
    const states = cursors.map((cursor) => cursorState(this.#state, cursor));
    const over = states.filter(({ backlog, backlogLimit }) => backlog > backlogLimit);
    return {
      state: isFull ? "full" : this.failure !== undefined ? "failed" : "open",
      message: this.failure?.message ?? (isFull ? fullMessage(limits) : ""),
      quarantined,
      overBacklog: over.map(({ cursor, backlog, backlogLimit: limit }) => ({ cursor, backlog, limit })),
      bytes: totalBytes(this.#state),
    };
  }

  refusal(): Unavailable | Refusal {
    const { kind = "unavailable", message = "the journal is closed" } = this.failure ?? {};
    return { kind, retryAfterMs: kind === "full" ? FULL_RETRY_MS : this.#options.limits.reopenMs, message };
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
    this.#log[Symbol.dispose]();
  }

  /** E3. */
  #guard(work: () => void): void {
    if (this.failure !== undefined) return;
    try {
      work();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const kind = isDiskFull(error) ? "full" : "unavailable";
      this.failure = { kind, message: `the journal's disk failed: ${error.message}`, cut: this.#log.durable };
      this.#options.logger.error("the journal's writer failed", { message: error.message });
      this[Symbol.dispose]();
    }
  }

  #write(requests: readonly Request[], answers: Map<number, AnyAnswer>): void {
    const lazy: { readonly records: LogRecord[]; readonly payloads: Uint8Array[] } = { records: [], payloads: [] };
    let mustSync = false;
    for (const [index, request] of requests.entries()) {
      if (!isWrite(request.op)) continue;
      const draft = this.#draftOrMistake(request);
      answers.set(index, draft.answer);
      if (draft.records.length === 0) continue;
      if (draft.durability === "synced") {
        mustSync = true;
        this.#frame(draft.payload, draft.records);
      } else {
        lazy.records.push(...draft.records);
        lazy.payloads.push(draft.payload);
        for (const record of draft.records) this.#state.apply(record, NOWHERE);
      }
    }
    if (lazy.records.length > 0) this.#frame(Buffer.concat(lazy.payloads), lazy.records, "applied");
    this.#log.flush();
    if (mustSync) this.#log.sync("turn");
  }

  /** One caller's mistake must not take the turn of the others with it. */
  #draftOrMistake(request: Request): Draft<AnyAnswer> & { readonly payload: Uint8Array } {
    if (request.op === "editParked") this.#log.flush(); // it reads the log, which must hold all that the state knows
    try {
      const draft = this.#draft(request);
      return { ...draft, payload: encodeRecords(draft.records) };
    } catch (error) {
      return { records: [], payload: new Uint8Array(), durability: "synced", answer: this.#mistake(request, error) };
    }
  }

  /** @throws what the disk threw */
  #mistake({ op }: Request, error: unknown): Mistake {
    if (isSystemError(error) || !(error instanceof Error)) throw error;
    this.#options.logger.warn("the journal was asked for what makes no sense", { op, message: error.message });
    return { kind: "mistake", message: `${op}: ${error.message}` };
  }

  #draft(request: Request): Draft<AnyAnswer> {
    const { limits, clock } = this.#options;
    const context: DraftContext = { state: this.#state, reader: this.#reader, limits, nowMs: clock.now(), full: this.#full() };
    const draft = DRAFTERS[request.op as WriteName] as (context: DraftContext, ask: unknown) => Draft<AnyAnswer>;
    return draft(context, request.ask);
  }

  #frame(payload: Uint8Array, records: readonly LogRecord[], state: "applied" | "new" = "new"): void {
    const nowMs = this.#options.clock.now();
    const place = this.#log.add(payload, nowMs);
    const info = this.#state.segmentAt(place.segment, nowMs);
    this.#sinceSnapshot += place.end - info.end;
    info.end = place.end;
    for (const record of records) {
      if (state === "new") this.#state.apply(record, place);
      if (record.type === "events") this.#grown.add(record.stream);
    }
    this.#reader.note(records, place);
  }

  #answerOrMistake(request: Request): AnyAnswer {
    try {
      return this.#answer(request);
    } catch (error) {
      return this.#mistake(request, error);
    }
  }

  #answer(request: Request): AnyAnswer {
    if (request.op === "health") return this.health();
    const context = { state: this.#state, reader: this.#reader, limits: this.#options.limits };
    const answer = ANSWERERS[request.op as Exclude<ReadName, "health">] as (context: unknown, ask: unknown) => AnyAnswer;
    return answer(context, request.ask);
  }

  /** J10. */
  #full(): Refusal | undefined {
    const { clock, disk, folder, limits } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#free === undefined || nowMs - this.#free.atMs >= FREE_MS) {
      this.#free = { atMs: nowMs, isFull: freeBytes(disk, folder) < limits.reserveBytes };
    }
    return this.#free.isFull ? { kind: "full", retryAfterMs: FULL_RETRY_MS, message: fullMessage(limits) } : undefined;
  }

  #retention() {
    const { limits, clock } = this.#options;
    const isFull = this.#full() !== undefined;
    return { state: this.#state, limits: isFull ? { ...limits, retentionBytes: 0 } : limits, nowMs: clock.now() };
  }

  /** What no cursor and neither of the two snapshots needs that there will be. */
  #removable(): SegmentInfo[] {
    const [newest = 0] = this.#snapshots;
    const unneeded = unneededSegments(this.#retention()).filter((info) => info.segment < newest);
    if (unneeded.length === 0) return unneeded;
    const parked = parkedBySegment(this.#state);
    return unneeded.filter((info) => isWorthMoving(info, parked.get(info.segment) ?? 0));
  }

  /** Then it is sealed, so that it can go later. */
  #isCurrentUnneeded(): boolean {
    const [newest = 0] = this.#snapshots;
    return unneededSegments(this.#retention()).some((info) => info.segment >= newest);
  }

  /** J7. Copies the events of parked items to the end of the log. @returns whether the segment can go now */
  #relocateParked(info: SegmentInfo): boolean {
    const ids = parkedIn(this.#state, info);
    let records: LogRecord[] = [];
    let bytes = 0;
    for (const id of ids) {
      const entry = this.#state.parked.find(id);
      const event = entry === undefined ? undefined : parkedEvent({ state: this.#state, reader: this.#reader }, entry);
      if (event === undefined || !("bytes" in event)) return false;
      const { receivedAtMs, bytes: raw } = event;
      records.push({ type: "parked-copy", id, editOf: undefined, atMs: this.#options.clock.now(), receivedAtMs, event: raw });
      bytes += raw.length;
      if (bytes < RELOCATION_BYTES) continue;
      this.#frame(encodeRecords(records), records);
      [records, bytes] = [[], 0];
    }
    if (records.length > 0) this.#frame(encodeRecords(records), records);
    return true;
  }

  /** E4. `doomed` goes when the snapshot that does not know it is durable. */
  #checkpoint(doomed: readonly SegmentInfo[]): void {
    const { disk, folder } = this.#options;
    this.#log.seal();
    this.#log.skipTo((this.#snapshots[0] ?? 0) + 1);
    const base = this.#log.nextSegment;
    for (const { segment } of doomed) {
      this.#state.segments.delete(segment);
      this.#reader.forget(segment);
    }
    this.#writeSnapshot(base);
    this.#snapshots.unshift(base);
    this.#sinceSnapshot = 0;
    for (const old of this.#snapshots.splice(SNAPSHOTS_KEPT)) disk.remove(`${folder}/${snapshotName(old)}`);
    for (const { segment } of doomed) disk.remove(`${folder}/${segmentName(segment)}`);
  }

  #writeSnapshot(base: number): void {
    const { disk, folder } = this.#options;
    const bytes = encodeSnapshot({ base, state: this.#state });
    const path = `${folder}/${snapshotName(base)}`;
    disk.remove(`${path}.partial`);
    using file = disk.create(`${path}.partial`, 0);
    file.write(0, [bytes]);
    file.sync("snapshot");
    disk.rename(`${path}.partial`, path);
    disk.syncFolder(folder, "snapshot");
  }
}

/** A disk that does not say is tried. */
function freeBytes(disk: JournalDisk, folder: string): number {
  try {
    return disk.freeBytes(folder);
  } catch {
    return Infinity;
  }
}

function isWrite(op: OperationName): op is WriteName {
  return IS_WRITE.has(op);
}

/** Anything else is a mistake of ours, and must not be taken for a broken disk. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error;
}

function fullMessage(limits: JournalLimits): string {
  return `less than ${Math.round(limits.reserveBytes / 1024 / 1024)} MB are free on the journal's disk`;
}
