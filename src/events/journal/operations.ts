import type * as contract from "./contract.ts";
import type { RawEvent } from "./reader.ts";

/** Events travel encoded: the thread that has them encodes, the journal's thread writes bytes. */
export interface RawAppend {
  readonly stream: contract.StreamId;
  readonly events: readonly Uint8Array[];
}

export interface RawSettlement extends Omit<contract.Settlement, "replies"> {
  readonly replies?: RawAppend;
}

export interface RawPending extends RawEvent {
  readonly attempts: number;
  readonly nextAtMs?: number;
}

export type RawReadResult =
  | { readonly kind: "ok"; readonly events: readonly RawEvent[]; readonly next: contract.Offset }
  | { readonly kind: "quarantined"; readonly events: readonly RawEvent[]; readonly gap: contract.Gap };

export type RawCursorRead =
  | { readonly kind: "ok"; readonly events: readonly RawPending[]; readonly next: contract.Offset; readonly saturated: boolean }
  | { readonly kind: "no-cursor" }
  | { readonly kind: "quarantined"; readonly events: readonly RawPending[]; readonly gap: contract.Gap };

export type RawParked =
  | { readonly kind: "ok"; readonly item: contract.ParkedItem; readonly event: RawEvent }
  | Exclude<contract.ParkedRead, { kind: "ok" }>;

/** One segment's part of a history. What earlier segments found is sent along. */
export interface HistoryStep {
  readonly query: contract.HistoryQuery;
  /** The segment to look into is the first after this one. */
  readonly after: number;
  readonly found: readonly EventPlace[];
  readonly parked: readonly (EventPlace & { readonly id: contract.ParkedId })[];
}

export interface EventPlace {
  readonly stream: contract.StreamId;
  readonly offset: contract.Offset;
}

export interface HistoryPart {
  /** undefined: there was no segment left. */
  readonly segment: number | undefined;
  readonly events: readonly (RawEvent & { readonly stream: contract.StreamId })[];
  readonly entries: readonly (EventPlace & { readonly entry: contract.HistoryEntry })[];
}

interface CursorAsk {
  readonly cursor: contract.CursorKey;
}

/** What the journal's thread is asked, and answers. `acknowledge` has no answer. */
export interface Operations {
  append: { readonly ask: RawAppend; readonly answer: contract.AppendResult };
  settle: { readonly ask: RawSettlement; readonly answer: contract.SettleResult };
  acknowledge: { readonly ask: CursorAsk & { readonly acknowledged: readonly contract.Acknowledged[] }; readonly answer: undefined };
  recordAttempt: { readonly ask: CursorAsk & { readonly attempt: contract.Attempt }; readonly answer: contract.WriteResult };
  createCursor: { readonly ask: contract.NewCursor; readonly answer: contract.CreateCursorResult };
  removeCursor: { readonly ask: CursorAsk & { readonly parked: "keep" | "purge" }; readonly answer: contract.WriteResult };
  removeStream: {
    readonly ask: { readonly stream: contract.StreamId; readonly parked: "keep" | "purge" };
    readonly answer: contract.WriteResult;
  };
  editParked: { readonly ask: { readonly id: contract.ParkedId; readonly event: Uint8Array }; readonly answer: contract.EditResult };
  notePark: {
    readonly ask: { readonly id: contract.ParkedId; readonly failure: contract.Failure };
    readonly answer: contract.WriteResult;
  };
  resolveParked: {
    readonly ask: { readonly ids: readonly contract.ParkedId[]; readonly outcome: contract.ParkedOutcome };
    readonly answer: contract.WriteResult;
  };
  releaseQuarantine: { readonly ask: { readonly segment: number }; readonly answer: contract.WriteResult };
  cursor: { readonly ask: CursorAsk; readonly answer: contract.CursorState | undefined };
  cursors: { readonly ask: { readonly stream?: contract.StreamId }; readonly answer: readonly contract.CursorState[] };
  streams: { readonly ask: object; readonly answer: readonly contract.StreamState[] };
  read: { readonly ask: contract.ReadRequest; readonly answer: RawReadResult };
  readCursor: { readonly ask: CursorAsk & contract.CursorReadRequest; readonly answer: RawCursorRead };
  listParked: { readonly ask: contract.ParkedQuery; readonly answer: readonly contract.ParkedItem[] };
  parkedCounts: { readonly ask: object; readonly answer: readonly contract.ParkedCount[] };
  getParked: { readonly ask: { readonly id: contract.ParkedId }; readonly answer: RawParked };
  history: { readonly ask: HistoryStep; readonly answer: HistoryPart };
  health: { readonly ask: object; readonly answer: contract.JournalHealth };
}

export type OperationName = keyof Operations;
export type Ask<K extends OperationName> = Operations[K]["ask"];
export type Answer<K extends OperationName> = Operations[K]["answer"];

/** Writes change the log; everything else reads what is durable. */
export const WRITES = [
  "append",
  "settle",
  "acknowledge",
  "recordAttempt",
  "createCursor",
  "removeCursor",
  "removeStream",
  "editParked",
  "notePark",
  "resolveParked",
  "releaseQuarantine",
] as const satisfies readonly OperationName[];
export type WriteName = (typeof WRITES)[number];
export type ReadName = Exclude<OperationName, WriteName>;

export type Request = { readonly [K in OperationName]: { readonly op: K; readonly ask: Ask<K> } }[OperationName];

/** In place of any answer to what makes no sense, such as an offset of -1: the caller's promise is rejected. */
export interface Mistake {
  readonly kind: "mistake";
  readonly message: string;
}

/** In place of any answer when the writer has failed. */
export interface Unavailable {
  readonly kind: "unavailable";
  readonly retryAfterMs: number;
  readonly message: string;
}
