import { existsSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { StoreDisk } from "./disk.ts";
import type { OpenFailure, StorePaths } from "./folder.ts";
import { checkFormat, prepareFolder, storePaths, systemFailure } from "./folder.ts";
import { createLogFile, LogDatabase } from "./log-database.ts";
import { DEFAULT_TUNING, Sequencer } from "./sequencer.ts";
import type { SequencerOptions } from "./sequencer.ts";
import { SqliteCode, sqliteCode } from "./sqlite-error.ts";

export type Opened = { readonly kind: "ok"; readonly sequencer: Sequencer; readonly lock: Disposable } | OpenFailure;

export type Tuning = Partial<Pick<SequencerOptions, "reservation" | "checkpointPages">>;

/** Locks, checks and opens the store in `folder`, or makes one there. Dispose the sequencer first, then the lock. */
export function openSequencer(folder: string, disk: StoreDisk, tuning: Tuning = {}): Opened {
  const paths = storePaths(folder);
  const unfit = prepareFolder(folder);
  if (unfit !== undefined) return unfit;
  const lock = acquireLock(paths);
  if ("kind" in lock) return lock;
  try {
    const opened = openLocked(paths, disk, tuning);
    if (opened instanceof Sequencer) return { kind: "ok", sequencer: opened, lock };
    lock[Symbol.dispose]();
    return opened;
  } catch (error) {
    lock[Symbol.dispose]();
    return failureOf(paths, error);
  }
}

/** An exclusive transaction on a database of its own: the system drops it with the process, so it is never stale. */
function acquireLock(paths: StorePaths): Disposable | OpenFailure {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(paths.lock, { timeout: 0 });
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    const held = db;
    return { [Symbol.dispose]: () => held.close() };
  } catch (error) {
    db?.close();
    return failureOf(paths, error);
  }
}

function openLocked(paths: StorePaths, disk: StoreDisk, tuning: Tuning): Sequencer | OpenFailure {
  const exists = existsSync(paths.database);
  const wrongFormat = checkFormat(paths, exists, disk);
  if (wrongFormat !== undefined) return wrongFormat;
  if (!exists) createDatabase(paths, disk);
  const log = new LogDatabase(new DatabaseSync(paths.database, { timeout: 0 }));
  try {
    const damage = log.meta("clean") === 1 ? undefined : log.complaint();
    if (damage !== undefined) throw new DamagedError(damage);
    return new Sequencer(log, disk, { ...DEFAULT_TUNING, ...tuning, folder: paths.folder, databasePath: paths.database });
  } catch (error) {
    log[Symbol.dispose]();
    throw error;
  }
}

/** What SQLite may leave beside a database. */
const SUFFIXES = ["", "-wal", "-shm", "-journal"];

/** Under its own name the database is complete from the first moment, whatever a power cut does. */
function createDatabase(paths: StorePaths, disk: StoreDisk): void {
  const partial = `${paths.database}.partial`;
  for (const path of [partial, paths.database]) for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true });
  createLogFile(partial);
  disk.sync(partial, "create");
  renameSync(partial, paths.database);
  disk.syncFolder(paths.folder, "create");
}

class DamagedError extends Error {}

function failureOf(paths: StorePaths, error: unknown): OpenFailure {
  const damaged = (detail: string): OpenFailure => ({
    kind: "corrupt",
    message: `the store in ${paths.folder} is damaged (${detail}); restore the data directory from a backup`,
  });
  if (error instanceof DamagedError) return damaged(error.message);
  switch (sqliteCode(error)) {
    case undefined:
      return systemFailure(paths.folder, error);
    case SqliteCode.BUSY:
      return { kind: "locked", message: `the store in ${paths.folder} is in use by another running instance` };
    case SqliteCode.READONLY:
    case SqliteCode.CANTOPEN:
      return { kind: "notOwned", message: `the files in ${paths.folder} cannot be read and written by this user` };
    case SqliteCode.FULL:
    case SqliteCode.IOERR:
      return { kind: "full", message: `the disk that holds ${paths.folder} is full or failing; make space and start again` };
    default:
      return damaged((error as Error).message);
  }
}
