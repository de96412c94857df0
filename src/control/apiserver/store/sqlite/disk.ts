import { closeSync, fdatasyncSync, fsyncSync, openSync } from "node:fs";

/** Which promise a sync keeps; tests remove them one by one and expect to be caught. */
export type SyncReason = "create" | "boot" | "turn" | "before-checkpoint" | "after-checkpoint";

/**
 * The syncs of the store. SQLite with synchronous=NORMAL makes commits atomic and survives the death of the process; what
 * survives a power cut is decided here.
 */
export interface StoreDisk extends Disposable {
  /** Returns when the file's bytes are on the platter. @throws the system's error */
  sync(path: string, reason: SyncReason): void;
  /** Returns when the names of the files in `folder` are on the platter. @throws the system's error */
  syncFolder(folder: string, reason: SyncReason): void;
}

/**
 * The real disk. On macOS Node's fsync and fdatasync are F_FULLFSYNC (libuv), so the drive's cache is flushed too.
 * Descriptors stay open until disposal: closing one would drop the locks that SQLite holds on the same file in this process.
 */
export function createStoreDisk(): StoreDisk {
  const descriptors = new Map<string, number>();
  const descriptor = (path: string) => {
    const known = descriptors.get(path);
    if (known !== undefined) return known;
    const opened = openSync(path, "r");
    descriptors.set(path, opened);
    return opened;
  };
  return {
    sync: (path) => fdatasyncSync(descriptor(path)),
    syncFolder: (folder) => fsyncSync(descriptor(folder)),
    [Symbol.dispose]: () => {
      for (const open of descriptors.values()) closeSync(open);
      descriptors.clear();
    },
  };
}
