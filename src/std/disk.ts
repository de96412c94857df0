/**
 * The disk as a port, as coarse as our own files need it. A power cut loses every `write`, `append` and `rename` that no later
 * `sync` (of the file) and `syncFolder` (of the folder that names it) has covered.
 */
export interface Disk {
  /** undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Creates or replaces the file; makes missing folders. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  sync(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  /** Names of the files in a folder, sorted; empty when there is no such folder. */
  list(path: string): Promise<readonly string[]>;
}

/**
 * Replaces a file so that after a power cut either the old or the new content is there, whole: temporary file, sync,
 * rename, sync of the folder. Resolves when the new content is durable.
 */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const slash = path.lastIndexOf("/");
  const folder = slash < 0 ? "." : path.slice(0, slash);
  const temporary = `${path}.partial`;
  await disk.write(temporary, bytes);
  await disk.sync(temporary);
  await disk.rename(temporary, path);
  await disk.syncFolder(folder);
}
