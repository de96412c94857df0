import { isRecord } from "../../../../std/json.ts";

/** Primary result codes of SQLite that mean something to us (sqlite.org/rescode.html). */
export const SqliteCode = { BUSY: 5, NOMEM: 7, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 } as const;

/** The primary result code of an error of node:sqlite, or undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!isRecord(error) || typeof error["errcode"] !== "number") return undefined;
  return error["errcode"] & 0xff;
}

const MESSAGES: Readonly<Record<number, string>> = {
  [SqliteCode.NOMEM]: "there is not enough memory to write to the store",
  [SqliteCode.READONLY]: "the store's files are read-only",
  [SqliteCode.IOERR]: "the store cannot write to its disk, which may be full or failing",
  [SqliteCode.CORRUPT]: "the store's database is damaged; restore the data directory from a backup",
  [SqliteCode.FULL]: "the disk that holds the store is full; make space and try again",
};

/** What to tell a person about a commit that failed for a reason outside the program; undefined for a bug. */
export function unavailableMessage(error: unknown): string | undefined {
  const code = sqliteCode(error);
  return code === undefined ? undefined : MESSAGES[code];
}
