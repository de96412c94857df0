import type { Disk } from "../../std/disk.ts";
import type { ByteRange } from "./contract.ts";

/**
 * The disk as blobs need it: files that are longer than memory grow at their end and are read in pieces. What an append
 * wrote is lost in a power cut unless the file was synced, and its name unless its folder was.
 */
export interface BlobDisk extends Disk {
  /** undefined when there is no such file. */
  stat(path: string): Promise<FileStat | undefined>;
  /** The file's bytes, opened when the first is asked for. A file that is gone by then rejects. */
  stream(path: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Opens a file to grow at its end; makes it, and missing folders. */
  append(path: string): Promise<AppendFile>;
  /** Sets the time of the last change to `epochMs`; does nothing when there is no such file. */
  touch(path: string, epochMs: number): Promise<void>;
  /** Makes a folder and those above it, durably. */
  makeFolder(path: string): Promise<void>;
  /** Names of the folders in a folder, sorted; empty when there is no such folder. */
  listFolders(path: string): Promise<readonly string[]>;
}

export interface FileStat {
  readonly size: number;
  readonly modifiedMs: number;
}

export interface AppendFile extends AsyncDisposable {
  /** Bytes in the file. */
  readonly size: number;
  write(chunks: readonly Uint8Array[]): Promise<void>;
  sync(): Promise<void>;
}
