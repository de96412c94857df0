import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack, type Pack } from "tar-stream";

/** An entry of a layer; the path is relative, with forward slashes. */
export interface LayerEntry {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: LayerContent;
}

export type LayerContent =
  | { readonly bytes: Uint8Array }
  /** On this machine. */
  | { readonly file: string }
  /** Target of a symbolic link. */
  | { readonly link: string }
  | { readonly folder: true };

export interface WrittenLayer {
  /** Of the gzip stream. */
  readonly digest: string;
  readonly size: number;
  /** Of the tar inside. */
  readonly diffId: string;
}

type Header = Partial<Parameters<Pack["entry"]>[0]> & { readonly name: string };

const NO_TIME = new Date(0);
/** Part of what makes equal files equal bytes; twice as fast as the default, and 3 % larger. */
const GZIP_LEVEL = 4;
const READ_BYTES = 1024 * 1024;

/** Writes a layer to a new file of this machine. Equal entries give equal bytes; nothing large is held in memory. */
export async function writeLayer(entries: readonly LayerEntry[], target: string, signal: AbortSignal): Promise<WrittenLayer> {
  const archive = pack();
  const tar = counting();
  const layer = counting();
  const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: 256 * 1024 });
  const written = pipeline(archive, tar.stream, gzip, layer.stream, createWriteStream(target, { flags: "wx" }), { signal });
  const filled = fill(archive, withFolders(entries), signal).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  await Promise.all([written, filled]);
  return { digest: layer.digest(), size: layer.size(), diffId: tar.digest() };
}

async function fill(archive: Pack, entries: readonly LayerEntry[], signal: AbortSignal): Promise<void> {
  for (const { path, mode, uid, gid, content } of entries) {
    signal.throwIfAborted();
    const header: Header = { name: path, mode, uid, gid, mtime: NO_TIME };
    if ("bytes" in content) await entry(archive, header, Buffer.from(content.bytes));
    else if ("folder" in content) await entry(archive, { ...header, name: `${path}/`, type: "directory" });
    else if ("link" in content) await entry(archive, { ...header, type: "symlink", linkname: content.link });
    else await file(archive, header, content.file);
  }
  archive.finalize();
}

function entry(archive: Pack, header: Header, bytes?: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const done = (error?: Error | null) => (error === undefined || error === null ? resolve() : reject(error));
  if (bytes === undefined) archive.entry(header, done);
  else archive.entry(header, bytes, done);
  return promise;
}

async function file(archive: Pack, header: Header, path: string): Promise<void> {
  const { size } = await lstat(path);
  if (size === 0) return entry(archive, header, Buffer.alloc(0));
  const sink = archive.entry({ ...header, size });
  // A file that grows meanwhile must not break the archive: the stream checks that it gets what was announced.
  await pipeline(createReadStream(path, { highWaterMark: READ_BYTES, end: size - 1 }), sink);
}

/** Sorted, each folder before what it holds. */
function withFolders(entries: readonly LayerEntry[]): readonly LayerEntry[] {
  const all = new Map(entries.map((one) => [one.path, one]));
  for (const { path, uid, gid } of entries) {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
      if (!all.has(folder)) all.set(folder, { path: folder, mode: 0o755, uid, gid, content: { folder: true } });
    }
  }
  return [...all.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function counting() {
  const hash = createHash("sha256");
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, size: () => size, digest: () => `sha256:${hash.digest("hex")}` };
}
