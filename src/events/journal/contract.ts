/**
 * The journal: what makes an event durable, and what remembers how far each trigger is with it.
 *
 * A *stream* holds the events of one broker or channel, by its uid: a recreated broker is a new stream. Offsets count a
 * stream's events from 0. A *cursor* is one reader of a stream: a trigger's uid, or a replay of one. It has a floor (everything
 * below it is settled) and the settled offsets above it. To settle an event is to acknowledge it or to park it.
 *
 * - J1 `append` resolves with `ok` after the events, and what names their file, are synced. A batch is there whole or not at all.
 * - J2 an offset that anybody was told of, by an answer or a read, is never given to another event, whatever crashes.
 * - J3 `settle` with parked items or replies is one synced frame: after a power cut all of it happened, or nothing.
 * - J4 `acknowledge` is synced within `limits.lazySyncMs` (50). Losing one in a power cut means redelivery, never loss.
 * - J5 `createCursor` resolves after the cursor is synced: it then misses no event that is appended later.
 * - J6 an event is kept as long as one cursor of its stream has not settled it *durably*, or a parked item refers to it.
 * - J7 a parked item stays until `resolveParked` names it; nothing expires it, neither age nor size nor a deleted trigger.
 * - J8 a failed write or sync is final for the writer: all who wait are answered `unavailable`. Then everything is read and
 *   checked again through new descriptors, what was not known to be synced is cut off, and a new segment is begun. Acknowledgements
 *   that were waiting for their sync are written there.
 * - J9 what cannot be read is never skipped in silence: its segment is quarantined, `health` names it, reads stop there until
 *   `releaseQuarantine`.
 * - J10 before the disk is full (`limits.reserveBytes` free) appends are answered `full`; settling goes on.
 *
 * No method rejects for what a disk does: that is a refusal. A rejection is a mistake of the caller, or a closed journal.
 */
export interface Journal extends AsyncDisposable {
  append(stream: StreamId, events: readonly JournalEvent[]): Promise<AppendResult>;
  /** J3. Settles events of one cursor; replies are appended in the same frame. */
  settle(request: Settlement): Promise<SettleResult>;
  /** J4. In memory at once. Unknown cursors and offsets that are settled already are ignored. */
  acknowledge(cursor: CursorKey, acknowledged: readonly Acknowledged[]): void;
  /** To be awaited before sending, so that an attempt counts even if nobody lives to see its end. */
  recordAttempt(cursor: CursorKey, attempt: Attempt): Promise<WriteResult>;

  /** J5. A cursor that exists stays where it is; its description and limits are replaced. */
  createCursor(request: NewCursor): Promise<CreateCursorResult>;
  /** Durable when it resolves. `parked`: what becomes of its parked items. */
  removeCursor(cursor: CursorKey, parked: "keep" | "purge"): Promise<WriteResult>;
  cursor(cursor: CursorKey): Promise<CursorState | undefined>;
  /** Of one stream, or of all. */
  cursors(stream?: StreamId): Promise<readonly CursorState[]>;
  /** Forgets a stream with its cursors, durably. Parked items follow `parked`. */
  removeStream(stream: StreamId, parked: "keep" | "purge"): Promise<WriteResult>;
  streams(): Promise<readonly StreamState[]>;

  /** Events from `from` on, settled or not. */
  read(request: ReadRequest): Promise<ReadResult>;
  /** Events that the cursor has not settled, from `from` on, with their attempts; at most `maxInFlight` beyond its floor. */
  readCursor(cursor: CursorKey, request: CursorReadRequest): Promise<CursorReadResult>;
  /** Calls `listener` after a turn with the streams that grew and their heads; `streams` says where they are. Dispose to stop. */
  watch(listener: (heads: ReadonlyMap<StreamId, Offset>) => void): Disposable;

  /** Oldest first. Payloads are left out. */
  listParked(query?: ParkedQuery): Promise<readonly ParkedItem[]>;
  parkedCounts(): Promise<readonly ParkedCount[]>;
  getParked(id: ParkedId): Promise<ParkedRead>;
  /** Parks a changed copy that names the original, which stays. Durable when it resolves. */
  editParked(id: ParkedId, event: JournalEvent): Promise<EditResult>;
  /** A redrive that failed: counts it and replaces the failure. */
  notePark(id: ParkedId, failure: Failure): Promise<WriteResult>;
  /** Removes items, durably, with what became of them. Unknown ids are ignored: a redrive may end twice. */
  resolveParked(ids: readonly ParkedId[], outcome: ParkedOutcome): Promise<WriteResult>;

  /** The life of every retained event with this id, from the log itself; gives way to other work between segments. */
  history(query: HistoryQuery, signal: AbortSignal): Promise<readonly EventHistory[]>;
  health(): Promise<JournalHealth>;
  /** Calls `listener` when something changed, looked at once a second, and every second while a cursor is over its backlog. */
  onHealth(listener: (health: JournalHealth) => void): Disposable;
  /** A person accepts that what the segment lost is lost: reads go on after it. */
  releaseQuarantine(segment: number): Promise<WriteResult>;
}

/** The uid of a broker or channel. */
export type StreamId = string;
/** Position of an event in its stream, from 0. */
export type Offset = number;
export type ParkedId = number;

export interface CursorKey {
  readonly stream: StreamId;
  /** A trigger's or subscription's uid, or a name of its own for a replay. */
  readonly reader: string;
}

/** A CloudEvent. Attributes include extensions and `specversion`; `data` is what was sent, byte for byte. */
export interface JournalEvent {
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly data?: Uint8Array;
}

export type AttributeValue = string | number | boolean | Uint8Array;

export interface StoredEvent extends JournalEvent {
  readonly offset: Offset;
  /** When the journal took it, in epoch milliseconds. */
  readonly receivedAtMs: number;
}

/** The journal did nothing; asking again after `retryAfterMs` may help. */
export interface Refusal {
  /** `full`: the disk's reserve is reached (J10). `unavailable`: the writer failed and is being opened again (J8). */
  readonly kind: "full" | "unavailable";
  readonly retryAfterMs: number;
  readonly message: string;
}

export type WriteResult = { readonly kind: "ok" } | Refusal;

export type AppendResult =
  | { readonly kind: "ok"; readonly firstOffset: Offset; readonly receivedAtMs: number }
  /** `index` is that of the first event over the limit, or of the first that no longer fits the batch. */
  | { readonly kind: "too-large"; readonly index: number; readonly limitBytes: number }
  | Refusal;

export interface Settlement {
  readonly cursor: CursorKey;
  readonly acknowledged?: readonly Acknowledged[];
  readonly parked?: readonly NewParked[];
  /** Events to append, to this stream or another of the journal: what a subscriber answered. */
  readonly replies?: { readonly stream: StreamId; readonly events: readonly JournalEvent[] };
}

/** `firstOffset` is that of the replies. A cursor that is gone: nothing was written. */
export type SettleResult =
  | { readonly kind: "ok"; readonly firstOffset?: Offset; readonly parkedIds: readonly ParkedId[] }
  | { readonly kind: "no-cursor" }
  | Extract<AppendResult, { kind: "too-large" }>
  | Refusal;

export type Acknowledged =
  /** Offsets `from` to `to`, without `to`, that the cursor's filter did not match. */
  | { readonly outcome: "filtered"; readonly from: Offset; readonly to: Offset }
  | (Delivery & { readonly outcome: "delivered" | "dead-lettered" | "discarded"; readonly offset: Offset });

/** What is kept of a delivery as long as its segment is. */
export interface Delivery {
  /** HTTP status, 0 when there was none. */
  readonly status?: number;
  /** The attempt that ended it, from 1. */
  readonly attempt?: number;
  readonly durationMs?: number;
  /** For people: where it went, or why it was given up; at most 1 KB is kept. */
  readonly note?: string;
}

export interface Attempt {
  readonly offset: Offset;
  /** From 1. */
  readonly attempt: number;
  /** Epoch milliseconds; undefined while the attempt is under way. */
  readonly nextAtMs?: number;
  /** How the attempt before this record ended. */
  readonly status?: number;
  readonly note?: string;
  /**
   * `synced` (the default) resolves when it survives a power cut. `lazy` resolves when it survives the death of the process,
   * and is synced like an acknowledgement: good enough for first attempts, because their power cut costs one more attempt.
   */
  readonly durability?: "synced" | "lazy";
}

export interface NewCursor {
  readonly cursor: CursorKey;
  /** `head`: the next event. `oldest`: the first that is retained. A number below what is retained counts as `oldest`. */
  readonly at: "head" | "oldest" | Offset;
  /** The cursor ends before this offset (a replay); undefined: never. */
  readonly until?: Offset;
  readonly description?: CursorDescription;
  /** Unsettled events after which `health` calls the cursor over its backlog. */
  readonly backlogLimit?: number;
}

/** What people call it; also tells whose a parked item was when the objects are gone. */
export interface CursorDescription {
  readonly namespace?: string;
  readonly broker?: string;
  readonly trigger?: string;
}

export type CreateCursorResult = { readonly kind: "ok"; readonly floor: Offset; readonly existed: boolean } | Refusal;

export interface CursorState {
  readonly cursor: CursorKey;
  readonly description: CursorDescription;
  /** Everything below is settled. */
  readonly floor: Offset;
  readonly until?: Offset;
  /** Events from the floor to the head (or `until`) that are not settled. The filter has not been asked. */
  readonly backlog: number;
  readonly backlogLimit: number;
  readonly parked: number;
  /** When the oldest unsettled event was received; undefined when there is none, it cannot be read, or many cursors were asked for. */
  readonly oldestAtMs?: number;
}

export interface StreamState {
  readonly stream: StreamId;
  /** The first offset that is retained, and the next that will be given. */
  readonly oldest: Offset;
  readonly head: Offset;
}

export interface ReadRequest {
  readonly stream: StreamId;
  readonly from: Offset;
  readonly limit: number;
  /** At least one event is read, however large. Default 1 MB. */
  readonly maxBytes?: number;
}

/** What a segment lost: offsets `from` to `to`, without `to`, as far as they are known. */
export interface Gap {
  readonly segment: number;
  readonly from: Offset;
  readonly to: Offset;
  readonly message: string;
}

export type ReadResult =
  /** `next` is where to go on; equal to the head when there is no more. It may pass over events that retention removed. */
  | { readonly kind: "ok"; readonly events: readonly StoredEvent[]; readonly next: Offset }
  /** J9. `events` are those before the gap. */
  | { readonly kind: "quarantined"; readonly events: readonly StoredEvent[]; readonly gap: Gap }
  | { readonly kind: "unavailable"; readonly retryAfterMs: number; readonly message: string };

export type CursorReadRequest = Omit<ReadRequest, "stream">;

export interface PendingEvent extends StoredEvent {
  /** Attempts that were counted. */
  readonly attempts: number;
  readonly nextAtMs?: number;
}

export type CursorReadResult =
  | {
      readonly kind: "ok";
      readonly events: readonly PendingEvent[];
      readonly next: Offset;
      /** Too much is unsettled between the floor and `next`: settle before reading on. */
      readonly saturated: boolean;
    }
  | { readonly kind: "no-cursor" }
  | { readonly kind: "quarantined"; readonly events: readonly PendingEvent[]; readonly gap: Gap }
  | { readonly kind: "unavailable"; readonly retryAfterMs: number; readonly message: string };

export interface Failure {
  /** `BacklogExceeded`, `NoSink`, `SinkFailed`, `Loop` ... */
  readonly reason: string;
  /** HTTP status of the last attempt, 0 when there was none. */
  readonly status?: number;
  readonly destination?: string;
  /** At most 1 KB is kept. */
  readonly message?: string;
}

export interface NewParked extends Failure {
  readonly offset: Offset;
  readonly attempts: number;
}

export interface ParkedItem extends Failure {
  readonly id: ParkedId;
  readonly cursor: CursorKey;
  readonly description: CursorDescription;
  readonly offset: Offset;
  readonly attempts: number;
  readonly parkedAtMs: number;
  /** Redrives that failed. */
  readonly redrives: number;
  /** The item that this one is an edited copy of. */
  readonly editOf?: ParkedId;
}

export interface ParkedQuery {
  readonly stream?: StreamId;
  readonly reader?: string;
  /** Only items with a higher id. */
  readonly after?: ParkedId;
  /** Default 1000. */
  readonly limit?: number;
}

export interface ParkedCount {
  readonly cursor: CursorKey;
  readonly description: CursorDescription;
  readonly count: number;
}

export type ParkedRead =
  | { readonly kind: "ok"; readonly item: ParkedItem; readonly event: StoredEvent }
  | { readonly kind: "missing" }
  | { readonly kind: "quarantined"; readonly item: ParkedItem; readonly gap: Gap };

export type EditResult = { readonly kind: "ok"; readonly id: ParkedId } | { readonly kind: "missing" } | EditRefusal;
type EditRefusal = Extract<AppendResult, { kind: "too-large" }> | Refusal;

export type ParkedOutcome = "redriven" | "republished" | "purged" | "superseded";

export interface HistoryQuery {
  /** The CloudEvent's `id`. */
  readonly id: string;
  readonly source?: string;
  readonly stream?: StreamId;
  /** Events to find. Default 10. */
  readonly limit?: number;
}

export interface EventHistory {
  readonly stream: StreamId;
  readonly event: StoredEvent;
  /** In the order in which they were written. */
  readonly entries: readonly HistoryEntry[];
}

export type HistoryEntry = { readonly reader: string; readonly atMs: number } & (
  | ({ readonly kind: "attempt" } & Omit<Attempt, "offset" | "durability">)
  | ({ readonly kind: "settled"; readonly outcome: Acknowledged["outcome"] } & Delivery)
  | ({ readonly kind: "parked"; readonly id: ParkedId } & Failure)
  | { readonly kind: "resolved"; readonly id: ParkedId; readonly outcome: ParkedOutcome }
);

export interface JournalHealth {
  /** `full`: appends are refused until space is made. `failed`: the writer is being opened again. */
  readonly state: "open" | "full" | "failed";
  /** For people; empty when all is well. */
  readonly message: string;
  readonly quarantined: readonly Quarantine[];
  readonly overBacklog: readonly { readonly cursor: CursorKey; readonly backlog: number; readonly limit: number }[];
  /** Bytes of all files. */
  readonly bytes: number;
}

export interface Quarantine {
  readonly segment: number;
  readonly path: string;
  readonly message: string;
  readonly released: boolean;
}

/** Everything that grows has a limit. */
export interface JournalLimits {
  /** Length that a new segment is given. */
  readonly segmentBytes: number;
  /** Of one event, encoded. */
  readonly eventBytes: number;
  /** Of one batch: it is one frame. At most half a segment. */
  readonly batchBytes: number;
  readonly lazySyncMs: number;
  /** Unsettled events that a cursor's reader may hold. */
  readonly maxInFlight: number;
  readonly backlogLimit: number;
  /** Free space that appends leave alone. */
  readonly reserveBytes: number;
  /** A segment that no cursor needs is removed when it is older than this or all are larger than that. */
  readonly retentionMs: number;
  readonly retentionBytes: number;
  /** Between a failed writer and the next try to open. */
  readonly reopenMs: number;
}

export const DEFAULT_LIMITS: JournalLimits = {
  segmentBytes: 16 * 1024 * 1024,
  eventBytes: 4 * 1024 * 1024,
  batchBytes: 8 * 1024 * 1024,
  lazySyncMs: 50,
  maxInFlight: 10_000,
  backlogLimit: 100_000,
  reserveBytes: 256 * 1024 * 1024,
  retentionMs: 60 * 60 * 1000,
  retentionBytes: 256 * 1024 * 1024,
  reopenMs: 1_000,
};

/** Why there is no journal; the message says what to do. */
export interface OpenFailure {
  /** `locked`: another process has it. `newer`: written by a later version. `unavailable`: the disk refused. */
  readonly kind: "locked" | "newer" | "unavailable";
  readonly message: string;
}
