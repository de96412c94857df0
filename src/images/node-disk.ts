import { mkdir, open, readFile, readdir, rename, rm, stat, utimes, writeFile, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { ByteRange } from "./store/contract.ts";
import type { AppendFile, BlobDisk } from "./store/disk.ts";

/** Large enough that reading is not a question of calls, small enough to hold a few dozen at once. */
const READ_BYTES = 256 * 1024;

/** The real disk. Files are readable by their owner only unless `mode` says otherwise. */
export function nodeDisk(mode = 0o600): BlobDisk {
  return {
    read: (path) => readFile(path).catch(absent),
    async write(path, bytes) {
      await makeFolder(dirname(path));
      await writeFile(path, bytes, { mode });
    },
    sync: (path) => syncPath(path),
    rename: (from, to) => rename(from, to),
    remove: (path) => rm(path, { force: true }),
    syncFolder: (path) => syncPath(path),
    list: async (path) => (await entries(path)).filter((entry) => entry.isFile()).map((entry) => entry.name),
    listFolders: async (path) => (await entries(path)).filter((entry) => entry.isDirectory()).map((entry) => entry.name),
    makeFolder,
    async stat(path) {
      const found = await stat(path).catch(absent);
      return found?.isFile() ? { size: found.size, modifiedMs: found.mtimeMs } : undefined;
    },
    touch: (path, epochMs) => utimes(path, new Date(epochMs), new Date(epochMs)).catch(absent),
    stream: readPieces,
    async append(path) {
      await makeFolder(dirname(path));
      const handle = await open(path, "a", mode);
      return new NodeAppendFile(handle, (await handle.stat()).size);
    },
  };
}

class NodeAppendFile implements AppendFile {
  readonly #handle: FileHandle;
  #size: number;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    let rest = chunks;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest);
      this.#size += bytesWritten;
      rest = without(rest, bytesWritten);
    }
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close();
  }
}

/** What a write of `written` bytes has left over. */
function without(chunks: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let skip = written;
  return chunks.flatMap((chunk) => {
    const taken = Math.min(skip, chunk.length);
    skip -= taken;
    return taken === chunk.length ? [] : [chunk.subarray(taken)];
  });
}

/** While the reader works on a piece, the next one is read. */
async function* readPieces(path: string, range: ByteRange = { start: 0, end: Infinity }): AsyncIterable<Uint8Array> {
  await using handle = await open(path, "r");
  let position = range.start;
  const read = async () => {
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(READ_BYTES, range.end - position + 1)));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    position += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  let next = read();
  try {
    for (let piece = await next; piece.length > 0; piece = await next) {
      next = read();
      yield piece;
    }
  } finally {
    await next.catch(() => {}); // the file must not be closed under a read
  }
}

/** A new folder is durable once each folder that names one of its parts is synced. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  const above = dirname(first);
  for (let folder = dirname(path); folder.length >= above.length; folder = dirname(folder)) {
    await syncPath(folder);
    if (folder === dirname(folder)) return;
  }
}

async function syncPath(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}

async function entries(path: string) {
  const found = (await readdir(path, { withFileTypes: true }).catch(absent)) ?? [];
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}
