import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";
import type { StoredValue, StoreEvent } from "../contract.ts";
import type { KeyHead } from "../write-rule.ts";

/** Counters beside the log. `reserved`: revisions up to it may have been issued. `compacted`: history before it is gone. */
export type MetaName = "reserved" | "clean" | "compacted";

const SCHEMA = `
  CREATE TABLE log (
    revision INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    value TEXT NOT NULL
  ) STRICT;
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('reserved', 0), ('clean', 1), ('compacted', 0);
`;

/** Checkpoints are ours alone, so that their syncs go through the disk port. The log is appended to and hardly read. */
const PRAGMAS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA cache_size = -1024;
  PRAGMA temp_store = MEMORY;
`;

/** Makes an empty log at `path`, complete in that one file when it returns. */
export function createLogFile(path: string): void {
  const db = new DatabaseSync(path);
  try {
    db.exec(PRAGMAS);
    db.exec(`BEGIN; ${SCHEMA} COMMIT`);
  } finally {
    db.close();
  }
}

export interface LogRow {
  readonly revision: number;
  readonly key: string;
  readonly deleted: boolean;
}

/** The SQL of the log, and nothing but the SQL. Every method throws SQLite's errors. */
export class LogDatabase implements Disposable {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #setMeta: StatementSync;
  readonly #at: StatementSync;
  readonly #after: StatementSync;
  readonly #forget: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(PRAGMAS);
    this.#insert = db.prepare("INSERT INTO log VALUES (?, ?, ?, ?, ?)");
    this.#setMeta = db.prepare("UPDATE meta SET value = ? WHERE name = ?");
    this.#at = db.prepare("SELECT value FROM log WHERE revision = ?");
    this.#after = db.prepare("SELECT * FROM log WHERE revision > ? ORDER BY revision LIMIT ?");
    this.#forget = db.prepare("DELETE FROM log WHERE revision = ?");
  }

  /** Runs `work` in one transaction; after an error nothing of it remains. */
  transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  append(event: StoreEvent): void {
    this.#insert.run(event.revision, event.key, event.createRevision, event.type === "delete" ? 1 : 0, event.value);
  }

  setMeta(name: MetaName, value: number): void {
    this.#setMeta.run(value, name);
  }

  meta(name: MetaName): number {
    const row = this.#db.prepare("SELECT value FROM meta WHERE name = ?").get(name);
    if (row === undefined) throw new Error(`the store's meta table has no row ${name}`);
    return Number(row["value"]);
  }

  /** The last write of every key that exists, and the highest revision. */
  heads(): { readonly heads: Map<string, KeyHead>; readonly revision: number } {
    const heads = new Map<string, KeyHead>();
    let last = 0;
    for (const row of this.#db.prepare("SELECT revision, key, created, deleted FROM log ORDER BY revision").iterate()) {
      const revision = Number(row["revision"]);
      last = revision;
      if (row["deleted"] === 1) heads.delete(String(row["key"]));
      else heads.set(String(row["key"]), { revision, createRevision: Number(row["created"]) });
    }
    return { heads, revision: last };
  }

  read(key: string, head: KeyHead): StoredValue {
    const value = this.value(head.revision);
    if (value === undefined) throw new Error(`the store's log has no revision ${head.revision}`);
    return { key, revision: head.revision, createRevision: head.createRevision, value };
  }

  value(revision: number): string | undefined {
    const row = this.#at.get(revision);
    return row === undefined ? undefined : String(row["value"]);
  }

  /** Up to `limit` events after `revision`, of every key. */
  eventsAfter(revision: number, limit: number): StoreEvent[] {
    return this.#after.all(revision, limit).map((row) => ({
      type: row["deleted"] === 1 ? "delete" : "put",
      key: String(row["key"]),
      revision: Number(row["revision"]),
      createRevision: Number(row["created"]),
      value: String(row["value"]),
    }));
  }

  /** Up to `limit` log rows in `(after, until]`, without their values. */
  rowsBetween(after: number, until: number, limit: number): LogRow[] {
    const rows = this.#db
      .prepare("SELECT revision, key, deleted FROM log WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?")
      .all(after, until, limit);
    return rows.map((row) => ({ revision: Number(row["revision"]), key: String(row["key"]), deleted: row["deleted"] === 1 }));
  }

  forget(revision: number): void {
    this.#forget.run(revision);
  }

  /** Copies the WAL into the main file; the next commit then starts the WAL from its beginning. */
  checkpoint(): void {
    this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** undefined when the file is sound, else SQLite's first complaint. */
  complaint(): string | undefined {
    const row = this.#db.prepare("PRAGMA quick_check(1)").get();
    const answer = String(row?.["quick_check"]);
    return answer === "ok" ? undefined : answer;
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
