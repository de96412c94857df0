import type { StoreBytes, StoredValue, WriteRequest, WriteResult } from "../contract.ts";
import type { OpenFailure } from "./folder.ts";
import type { Tuning } from "./open-sequencer.ts";
import type { HistoryPage } from "./sequencer.ts";

/** What the worker gets as workerData. */
export interface WorkerSetup {
  readonly folder: string;
  readonly tuning: Tuning;
}

export type ReadRequest =
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "list"; readonly prefix: string }
  | { readonly kind: "history"; readonly prefix: string; readonly after: number }
  | { readonly kind: "at"; readonly revisions: readonly number[] }
  | { readonly kind: "compact"; readonly revision: number };

export interface ReadAnswers {
  readonly get: StoredValue | undefined;
  readonly list: { readonly revision: number; readonly values: readonly StoredValue[] };
  readonly history: HistoryPage;
  readonly at: readonly (StoreBytes | undefined)[];
  readonly compact: undefined;
}

/** `createRevision` is 0 for a write that was refused. */
export interface CommittedWrite {
  readonly result: WriteResult;
  readonly createRevision: number;
}

/** Everything that was asked in one turn of the main thread's event loop, in order. */
export type ToWorker =
  | { readonly kind: "requests"; readonly writes: readonly WriteRequest[]; readonly reads: readonly ReadRequest[] }
  | { readonly kind: "close" };

/** Answers come in the order of their requests, writes and reads apart. */
export type FromWorker =
  | { readonly kind: "opened"; readonly revision: number }
  | { readonly kind: "refused"; readonly failure: OpenFailure }
  /** A turn that may be published; its derived writes may be answered. */
  | { readonly kind: "committed"; readonly writes: readonly CommittedWrite[] }
  /** All committed turns are on the platter. */
  | { readonly kind: "synced" }
  | { readonly kind: "answers"; readonly answers: readonly ReadAnswers[keyof ReadAnswers][] }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "closed" };
