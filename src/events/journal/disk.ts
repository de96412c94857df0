/** Which promise a sync keeps; tests remove them one by one and expect to be caught. */
export type SyncReason =
  /** What a turn wrote and is about to acknowledge. */
  | "turn"
  /** The end of a segment, before the next one says where it ends. */
  | "roll"
  /** Acknowledgements and first attempts, 50 ms late. */
  | "lazy"
  /** What a process left that died between writing and syncing, before anybody is told of it. */
  | "boot"
  | "snapshot";

/**
 * The disk as the journal needs it. Every call blocks: the journal has a thread of its own, and a turn that waits for its
 * sync is what gathers the next turn's operations (a sync takes as long as handing it to another thread and back).
 * Everything throws the system's error.
 */
export interface JournalDisk {
  /** Makes a folder and those above it, durably. */
  makeFolder(path: string): void;
  /** Names of the files in a folder, sorted. */
  list(path: string): readonly string[];
  /** Makes a file of `length` zeros that was not there. */
  create(path: string, length: number): JournalFile;
  /** undefined when there is no such file. */
  open(path: string): JournalFile | undefined;
  rename(from: string, to: string): void;
  /** Does nothing when there is no such file. */
  remove(path: string): void;
  /** Returns when the names of the files in `folder` are on the platter. */
  syncFolder(folder: string, reason: SyncReason): void;
  /** Bytes that this user may still write. */
  freeBytes(folder: string): number;
  /** Holds the folder against every other process; undefined when one has it. */
  lock(folder: string): Disposable | undefined;
}

export interface JournalFile extends Disposable {
  readonly size: number;
  /** Shorter at the end of the file. The bytes may be a view that is valid until the next write. */
  read(position: number, length: number): Uint8Array;
  write(position: number, chunks: readonly Uint8Array[]): void;
  truncate(length: number): void;
  /** Returns when the file's bytes are on the platter. After a failure nothing is known of what was written. */
  sync(reason: SyncReason): void;
}

/** A disk without room, as opposed to one that is broken. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}
