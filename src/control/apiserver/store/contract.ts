/**
 * The store: a global revision counter over an append-only log of `(revision, key, value)`.
 *
 * - I1 revisions rise by exactly one per committed write and are never issued twice, not even after an unclean boot.
 * - I2 a write is atomic: it compares `expected` with the key's last revision, earlier members of its batch included.
 * - I3 `durable` writes resolve after the sync of their batch, `derived` ones after its COMMIT.
 * - I4 watchers see every committed write of their prefix once, in revision order, after the COMMIT.
 * - I5 reads and watches at a compacted revision answer `compacted`; nothing else loses history.
 * - I6 of every change after `compacted` the state before can be read, too: it was a key's value at `compacted` or later.
 */
export interface Store extends AsyncDisposable {
  /** Highest committed revision. */
  revision(): number;
  write(request: WriteRequest): Promise<WriteResult>;
  get(key: string): Promise<StoredValue | undefined>;
  /** Everything under `prefix` (keys sorted), now. Feeds the watch cache at start. */
  list(prefix: string): Promise<{ readonly revision: number; readonly values: readonly StoredValue[] }>;
  /** Calls `listener` with each batch after `fromRevision`; history first, then live. Dispose to stop. */
  watch(prefix: string, fromRevision: number, listener: (batch: readonly StoreEvent[]) => void): Promise<WatchResult>;
  /** What was written at each of these revisions, by deletions too; undefined for what was compacted. */
  at(revisions: readonly number[]): Promise<readonly (StoreBytes | undefined)[]>;
  /** Forgets history older than `revision`; the value that each key had then stays as long as it is needed. */
  compact(revision: number): Promise<void>;
  /** Changes up to this revision are forgotten, or about to be. */
  compacted(): number;
}

/** `durable`: a client waits for it. `derived`: controllers can make it again after a power cut. */
export type Durability = "durable" | "derived";

export type WriteRequest = {
  readonly key: string;
  readonly durability: Durability;
} & (
  | { readonly op: "create"; readonly value: StoreBytes }
  /** `expected` is the revision that the key must have. */
  | { readonly op: "update"; readonly value: StoreBytes; readonly expected: number }
  /** The event of a delete carries `value`, the object's last state. */
  | { readonly op: "delete"; readonly value: StoreBytes; readonly expected: number }
);

/** JSON text of the object, without metadata.resourceVersion: that is the revision of its write. */
export type StoreBytes = string;

export type WriteResult =
  | { readonly kind: "ok"; readonly revision: number }
  | { readonly kind: "exists"; readonly revision: number }
  | { readonly kind: "missing" }
  | { readonly kind: "conflict"; readonly revision: number }
  /** Nothing was written and nothing will be until space is made; the message is for people. */
  | { readonly kind: "unavailable"; readonly message: string };

export interface StoredValue {
  readonly key: string;
  readonly revision: number;
  readonly createRevision: number;
  readonly value: StoreBytes;
}

export interface StoreEvent extends StoredValue {
  readonly type: "put" | "delete";
}

export type WatchResult = { readonly kind: "ok"; readonly watch: Disposable } | { readonly kind: "compacted"; readonly oldest: number };
