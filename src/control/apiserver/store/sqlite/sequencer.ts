/**
 * The sequencer: the only writer of the log. One turn = every request that has arrived, one COMMIT, at most one sync.
 *
 * - S1 a revision is published only if `reserved`, on the platter, covers it; so after an unclean boot, which continues behind
 *   `reserved`, none is issued twice, whatever a power cut took (I1).
 * - S2 a commit that fails changes neither file nor heads.
 * - S3 after a failed sync nobody knows what the platter holds: no further write is accepted until a new start.
 * - S4 a checkpoint copies only synced frames, and the WAL is reused only after the main file is synced.
 * - S5 a tombstone is freed after every older row of its key: each sweep begins at the start, or a row that it once kept as its
 *   key's last would outlive the deletion.
 */
import type { StoredValue, StoreEvent, WriteRequest } from "../contract.ts";
import type { KeyHead, WriteOutcome } from "../write-rule.ts";
import { byKey, WriteDraft } from "../write-rule.ts";
import type { StoreDisk, SyncReason } from "./disk.ts";
import type { LogDatabase, LogRow } from "./log-database.ts";
import { unavailableMessage } from "./sqlite-error.ts";

export interface SequencerOptions {
  readonly folder: string;
  readonly databasePath: string;
  /** Revisions reserved at a time; also how far an unclean boot may jump. */
  readonly reservation: number;
  /** Estimated WAL pages after which a checkpoint is due. */
  readonly checkpointPages: number;
}

export const DEFAULT_TUNING = { reservation: 20_000, checkpointPages: 4_000 } as const;

export interface Turn {
  readonly outcomes: readonly WriteOutcome[];
  /** The turn has a durable write: `sync` before answering those. */
  readonly needsSync: boolean;
  /** The turn went beyond the synced reservation: `sync` before publishing any of it. S1 */
  readonly holdAll: boolean;
}

export type HistoryPage =
  | { readonly kind: "compacted"; readonly oldest: number }
  | { readonly kind: "page"; readonly events: readonly StoreEvent[]; readonly revision: number; readonly done: boolean };

const HISTORY_PAGE = 500;
const COMPACTION_SLICE = 1_000;
const PAGE_BYTES = 4_096;

export class Sequencer implements Disposable {
  readonly #log: LogDatabase;
  readonly #disk: StoreDisk;
  readonly #options: SequencerOptions;
  readonly #heads: Map<string, KeyHead>;
  #revision: number;
  /** Reservation in the log, and the part of it that is synced. */
  #reserved = 0;
  #syncedReservation = 0;
  #compacted: number;
  #sweptTo = 0;
  /** The last state so far of the keys whose last write the running sweep does not reach. */
  readonly #sweptLast = new Map<string, number>();
  #walPages = 0;
  #failure: string | undefined;

  /** Takes the log over; on return the boot is on the platter. @throws SQLite's and the disk's errors */
  constructor(log: LogDatabase, disk: StoreDisk, options: SequencerOptions) {
    this.#log = log;
    this.#disk = disk;
    this.#options = options;
    const { heads, revision } = log.heads();
    this.#heads = heads;
    const clean = log.meta("clean") === 1;
    this.#revision = clean ? Math.max(revision, log.meta("compacted")) : Math.max(revision, log.meta("reserved"));
    // Who has seen a write that a power cut took must not continue from it: an unclean boot ends the history.
    this.#compacted = clean ? log.meta("compacted") : this.#revision;
    this.#boot();
  }

  get revision(): number {
    return this.#revision;
  }

  /** Commits what is acceptable of `requests`. The caller publishes the outcomes and calls `sync` as the turn demands. */
  turn(requests: readonly WriteRequest[]): Turn {
    if (this.#failure !== undefined) return refuseAll(requests, this.#failure);
    const draft = new WriteDraft(this.#heads, this.#revision);
    const outcomes = requests.map((request) => draft.decide(request));
    if (draft.events.length === 0) return { outcomes, needsSync: false, holdAll: false };
    const reserve = this.#nextReservation(draft.revision);
    const failure = this.#commit(draft.events, reserve);
    if (failure !== undefined) return refuseAll(requests, failure); // S2
    draft.applyTo(this.#heads);
    this.#revision = draft.revision;
    this.#reserved = reserve;
    const durable = requests.some((request, index) => request.durability === "durable" && outcomes[index]?.result.kind === "ok");
    return { outcomes, needsSync: durable || reserve > this.#syncedReservation, holdAll: draft.revision > this.#syncedReservation };
  }

  /** Puts everything committed on the platter. @throws the disk's error, and then accepts no more writes (S3) */
  sync(): void {
    this.#syncWal("turn");
    this.#syncedReservation = this.#reserved;
  }

  /** A checkpoint, when one is due. Between turns. */
  maintain(): void {
    if (this.#walPages >= this.#options.checkpointPages && this.#failure === undefined) this.checkpoint();
  }

  checkpoint(): void {
    this.#syncWal("before-checkpoint"); // S4
    this.#syncedReservation = this.#reserved;
    this.#log.checkpoint();
    this.#guardSync(() => this.#disk.sync(this.#options.databasePath, "after-checkpoint")); // S4
    this.#walPages = 0;
  }

  get(key: string): StoredValue | undefined {
    const head = this.#heads.get(key);
    return head === undefined ? undefined : this.#log.read(key, head);
  }

  list(prefix: string): { readonly revision: number; readonly values: readonly StoredValue[] } {
    const found = [...this.#heads].filter(([key]) => key.startsWith(prefix));
    const values = found.map(([key, head]) => this.#log.read(key, head)).toSorted(byKey);
    return { revision: this.#revision, values };
  }

  /** The next part of what happened under `prefix` after `revision`; ask again after the last event until `done`. */
  history(prefix: string, revision: number): HistoryPage {
    if (revision < this.#compacted) return { kind: "compacted", oldest: this.#compacted }; // I5
    const events = this.#log.eventsAfter(revision, HISTORY_PAGE);
    const done = events.length < HISTORY_PAGE;
    const reached = done ? Math.max(revision, this.#revision) : (events.at(-1)?.revision ?? revision);
    return { kind: "page", events: events.filter((event) => event.key.startsWith(prefix)), revision: reached, done };
  }

  at(revisions: readonly number[]): (string | undefined)[] {
    return revisions.map((revision) => this.#log.value(revision));
  }

  /** Marks history up to `revision` as gone; `sweep` then frees it. @throws SQLite's errors */
  compact(revision: number): void {
    const target = Math.min(revision, this.#revision);
    if (target <= this.#compacted) return;
    this.#log.transaction(() => this.#log.setMeta("compacted", target));
    this.#compacted = target;
    this.#sweptTo = 0; // S5
    this.#sweptLast.clear();
    this.#walPages += 2;
  }

  /** Deletes some superseded rows of the compacted history; true when none is left. */
  sweep(): boolean {
    const rows = this.#log.rowsBetween(this.#sweptTo, this.#compacted, COMPACTION_SLICE);
    const superseded = rows.flatMap((row) => this.#supersededBy(row));
    this.#log.transaction(() => {
      for (const revision of superseded) this.#log.forget(revision);
    });
    this.#walPages += superseded.length;
    this.#sweptTo = rows.at(-1)?.revision ?? this.#compacted;
    if (rows.length === COMPACTION_SLICE) return false;
    this.#sweptLast.clear();
    return true;
  }

  /** Revisions that nobody will ask for, as `row` follows them in the compacted history. */
  #supersededBy({ revision, key, deleted }: LogRow): number[] {
    const head = this.#heads.get(key);
    if (head !== undefined && head.revision <= this.#compacted) return head.revision === revision ? [] : [revision];
    // The key was changed later, or is gone: the last state that it had is the one before that change. I6
    const before = this.#sweptLast.get(key);
    if (deleted) this.#sweptLast.delete(key);
    else this.#sweptLast.set(key, revision);
    return [...(before === undefined ? [] : [before]), ...(deleted ? [revision] : [])]; // S5
  }

  /** A clean end: the next boot continues with the next revision. After a failure the mark is not set. */
  [Symbol.dispose](): void {
    if (this.#failure === undefined) this.#markClean();
    this.#log[Symbol.dispose]();
  }

  #markClean(): void {
    try {
      this.#log.transaction(() => this.#log.setMeta("clean", 1));
      this.checkpoint();
    } catch (error) {
      if (unavailableMessage(error) === undefined && this.#failure === undefined) throw error;
    }
  }

  #boot(): void {
    this.#reserved = this.#revision + this.#options.reservation;
    this.#log.transaction(() => {
      this.#log.setMeta("clean", 0);
      this.#log.setMeta("reserved", this.#reserved);
      this.#log.setMeta("compacted", this.#compacted);
    });
    this.#syncWal("boot");
    this.#disk.syncFolder(this.#options.folder, "boot");
    this.#syncedReservation = this.#reserved; // S1
  }

  /** A new reservation once half of the old one is used, so that it is synced long before it is needed. */
  #nextReservation(revision: number): number {
    const { reservation } = this.#options;
    return revision > this.#reserved - reservation / 2 ? revision + reservation : this.#reserved;
  }

  /** @returns why the log cannot be written now, for people */
  #commit(events: readonly StoreEvent[], reserve: number): string | undefined {
    try {
      this.#log.transaction(() => {
        for (const event of events) this.#log.append(event);
        if (reserve !== this.#reserved) this.#log.setMeta("reserved", reserve);
      });
    } catch (error) {
      const message = unavailableMessage(error);
      if (message === undefined) throw error;
      return message;
    }
    this.#walPages += 2;
    for (const event of events) this.#walPages += (event.value.length + event.key.length) / PAGE_BYTES;
    return undefined;
  }

  #syncWal(reason: SyncReason): void {
    this.#guardSync(() => this.#disk.sync(`${this.#options.databasePath}-wal`, reason));
  }

  #guardSync(sync: () => void): void {
    try {
      sync();
    } catch (error) {
      this.#failure = "the store's disk failed to sync, so writes are refused until the next start"; // S3
      throw error;
    }
  }
}

function refuseAll(requests: readonly WriteRequest[], message: string): Turn {
  const outcomes = requests.map(() => ({ result: { kind: "unavailable", message } }) as const);
  return { outcomes, needsSync: false, holdAll: false };
}
