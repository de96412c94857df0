import { mkdir, open, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Disk } from "../std/disk.ts";

/** The real disk. Files are readable by their owner only unless `mode` says otherwise. */
export function nodeDisk(mode = 0o600): Disk {
  return {
    read: (path) => readFile(path).catch(absent),
    async write(path, bytes) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes, { mode });
    },
    sync: (path) => syncPath(path),
    rename: (from, to) => rename(from, to),
    remove: (path) => rm(path, { force: true }),
    syncFolder: (path) => syncPath(path),
    async list(path) {
      const entries = await readdir(path, { withFileTypes: true }).catch(absent);
      return (entries ?? [])
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
        .toSorted();
    },
  };
}

async function syncPath(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}
