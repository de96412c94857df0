import * as fs from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JournalDisk, JournalFile } from "./disk.ts";

const LOCK_NAME = "journal.lock";

/**
 * The real disk. Files are given their length when they are made, so that a sync need not write a new length as well. On
 * macOS Node's fsync and fdatasync flush the drive's cache, too (F_FULLFSYNC, by libuv).
 */
export function nodeJournalDisk(): JournalDisk {
  return {
    makeFolder,
    list: (path) => fs.readdirSync(path).toSorted(),
    create(path, length) {
      const file = new NodeFile(fs.openSync(path, "wx+", 0o600));
      file.truncate(length);
      return file;
    },
    open: (path) => (fs.existsSync(path) ? new NodeFile(fs.openSync(path, "r+")) : undefined),
    rename: (from, to) => fs.renameSync(from, to),
    remove: (path) => fs.rmSync(path, { force: true }),
    syncFolder,
    freeBytes(folder) {
      const { bavail, bsize } = fs.statfsSync(folder);
      return bavail * bsize;
    },
    lock,
  };
}

class NodeFile implements JournalFile {
  readonly #descriptor: number;
  #open = true;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get size(): number {
    return fs.fstatSync(this.#descriptor).size;
  }

  read(position: number, length: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const count = fs.readSync(this.#descriptor, bytes, filled, length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  write(position: number, chunks: readonly Uint8Array[]): void {
    const bytes = Buffer.concat(chunks);
    for (let written = 0; written < bytes.length;) {
      written += fs.writeSync(this.#descriptor, bytes, written, bytes.length - written, position + written);
    }
  }

  truncate(length: number): void {
    fs.ftruncateSync(this.#descriptor, length);
  }

  sync(): void {
    fs.fdatasyncSync(this.#descriptor);
  }

  [Symbol.dispose](): void {
    if (this.#open) fs.closeSync(this.#descriptor);
    this.#open = false;
  }
}

function makeFolder(path: string): void {
  const first = fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let at = path; ; at = join(at, "..")) {
    syncFolder(join(at, ".."));
    if (at === first || at === join(at, "..")) return;
  }
}

function syncFolder(path: string): void {
  const descriptor = fs.openSync(path, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** An exclusive SQLite transaction: unlike a pid file it ends with the process, however that dies. */
function lock(folder: string): Disposable | undefined {
  const db = new DatabaseSync(join(folder, LOCK_NAME));
  try {
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch {
    db.close();
    return undefined;
  }
  return { [Symbol.dispose]: () => db.close() };
}
