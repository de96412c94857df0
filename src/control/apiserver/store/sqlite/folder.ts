import { mkdirSync, readFileSync, realpathSync, renameSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { networkFilesystem } from "../../../../std/network-filesystem.ts";
import type { StoreDisk } from "./disk.ts";

/** Why a store cannot be opened; `message` is one sentence for people. */
export interface OpenFailure {
  readonly kind: "locked" | "newerFormat" | "corrupt" | "notOwned" | "full" | "networkFilesystem" | "unusable";
  readonly message: string;
}

/** The layout that this program reads and writes. A change needs a numbered migration. */
export const STORE_FORMAT = 1;

export interface StorePaths {
  readonly folder: string;
  readonly database: string;
  readonly lock: string;
  readonly format: string;
}

export function storePaths(folder: string): StorePaths {
  return { folder, database: join(folder, "store.db"), lock: join(folder, "store.lock"), format: join(folder, "FORMAT") };
}

/** Makes the folder (mode 0700) and checks that it is ours and local. */
export function prepareFolder(folder: string): OpenFailure | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return foreignOwner(folder, statSync(folder).uid) ?? notLocal(folder, statfsSync(folder).type);
  } catch (error) {
    return systemFailure(folder, error);
  }
}

export function foreignOwner(folder: string, owner: number, self = process.getuid?.()): OpenFailure | undefined {
  if (self === undefined || self === owner) return undefined;
  return { kind: "notOwned", message: `${folder} belongs to another user (uid ${owner}); choose another data directory` };
}

export function notLocal(folder: string, type: number): OpenFailure | undefined {
  if (process.platform !== "linux") return undefined;
  const name = networkFilesystem(type, realpathSync(folder), () => readFileSync("/proc/self/mountinfo", "utf8"));
  if (name === undefined) return undefined;
  return { kind: "networkFilesystem", message: `${folder} is on a network filesystem (${name}), which cannot keep a store safe` };
}

/** What an error of the filesystem means for opening the store. @throws the error itself when it means nothing known */
export function systemFailure(folder: string, error: unknown): OpenFailure {
  switch ((error as { readonly code?: string }).code) {
    case "EACCES":
    case "EPERM":
      return { kind: "notOwned", message: `${folder} cannot be read and written by this user` };
    case "ENOSPC":
    case "EDQUOT":
      return { kind: "full", message: `the disk that holds ${folder} is full; make space and start again` };
    case "EROFS":
      return { kind: "unusable", message: `${folder} is on a read-only filesystem` };
    case "ENOTDIR":
    case "EEXIST":
      return { kind: "unusable", message: `${folder} is not a folder` };
    default:
      throw error;
  }
}

/** Checks FORMAT, or writes it in a folder that has none and no store either. */
export function checkFormat(paths: StorePaths, hasDatabase: boolean, disk: StoreDisk): OpenFailure | undefined {
  const text = readText(paths.format);
  if (text === undefined && !hasDatabase) {
    writeFormat(paths, disk);
    return undefined;
  }
  const found = Number(text?.trim());
  if (!Number.isSafeInteger(found) || found < 1) {
    return { kind: "corrupt", message: `${paths.format} does not hold a format number; restore the data directory from a backup` };
  }
  if (found <= STORE_FORMAT) return undefined;
  return {
    kind: "newerFormat",
    message: `${paths.folder} was written by a newer version (format ${found}, this one reads ${STORE_FORMAT}); use that version`,
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as { readonly code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Temporary file, sync, rename: FORMAT is there whole or not at all. The folder is synced before the database appears. */
function writeFormat(paths: StorePaths, disk: StoreDisk): void {
  const temporary = `${paths.format}.partial`;
  writeFileSync(temporary, `${STORE_FORMAT}\n`, { mode: 0o600 });
  disk.sync(temporary, "create");
  renameSync(temporary, paths.format);
  disk.syncFolder(paths.folder, "create");
}
