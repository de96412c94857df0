import { createWriteStream } from "node:fs";
import { lstat, mkdir, rm } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, gzipSync } from "node:zlib";
import { extract, pack, type Header } from "tar-stream";
import { sha256Digest } from "./manifest.ts";

/** A file of a layer; paths are relative, with forward slashes. */
export interface LayerFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Default 0o644. */
  readonly mode?: number;
}

export interface Layer {
  /** The gzip stream, as the registry stores it. */
  readonly bytes: Uint8Array;
  /** Digest of the tar inside: the image configuration lists it. */
  readonly diffId: string;
}

/** Limits of what is unpacked; a layer beyond them is refused. */
const LIMITS = { entries: 200_000, bytes: 8 * 1024 ** 3 };

/** One layer of these files. Equal files give equal bytes: entries are sorted, times are zero, owners are root. */
export async function makeLayer(files: readonly LayerFile[]): Promise<Layer> {
  const archive = pack();
  for (const folder of foldersOf(files)) archive.entry({ name: `${folder}/`, type: "directory", mode: 0o755, mtime: new Date(0) });
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    archive.entry({ name: file.path, mode: file.mode ?? 0o644, mtime: new Date(0) }, Buffer.from(file.bytes));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const tar = Buffer.concat(chunks);
  return { bytes: gzipSync(tar, { level: 6 }), diffId: sha256Digest(tar) };
}

function foldersOf(files: readonly LayerFile[]): string[] {
  const folders = new Set<string>();
  for (const file of files) for (let folder = dirname(file.path); folder !== "."; folder = dirname(folder)) folders.add(folder);
  return [...folders].toSorted();
}

/**
 * Unpacks a layer over what `root` holds already, whiteouts included. Only plain files and folders are made: a layer
 * with links or devices, with a path that leaves the root, or beyond the limits is refused by an Error that says which.
 */
export async function unpackLayer(bytes: Uint8Array, root: string): Promise<void> {
  const archive = extract();
  const budget = { entries: LIMITS.entries, bytes: LIMITS.bytes };
  const input = Readable.from([Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)]);
  const decompressed = bytes[0] === 0x1f && bytes[1] === 0x8b ? input.pipe(createGunzip()) : input;
  // A refused entry destroys the archive, which fails the feeding too: the refusal is the error to tell.
  const feeding = pipeline(decompressed, archive).catch((error: Error) => error);
  for await (const entry of archive) {
    budget.entries -= 1;
    budget.bytes -= entry.header.size ?? 0;
    if (budget.entries < 0 || budget.bytes < 0) throw new Error("the layer is larger than this platform unpacks");
    await unpackEntry(root, entry as unknown as Entry);
  }
  const failure = await feeding;
  if (failure !== undefined) throw failure;
}

/** An entry of the archive: its header, and its content as a stream. */
type Entry = AsyncIterable<Buffer> & { readonly header: Header; resume(): unknown };

async function unpackEntry(root: string, entry: Entry): Promise<void> {
  const target = await safePath(root, entry.header.name);
  const name = target.slice(target.lastIndexOf("/") + 1);
  if (name === ".wh..wh..opq") return void entry.resume();
  if (name.startsWith(".wh.")) {
    entry.resume();
    return rm(join(dirname(target), name.slice(4)), { recursive: true, force: true });
  }
  switch (entry.header.type) {
    case "directory":
      entry.resume();
      await mkdir(target, { recursive: true, mode: 0o755 });
      return;
    case "file":
      await mkdir(dirname(target), { recursive: true, mode: 0o755 });
      return pipeline(entry, createWriteStream(target, { mode: (entry.header.mode ?? 0o644) & 0o777 }));
    default:
      throw new Error(`the layer holds a ${entry.header.type ?? "nameless thing"} (${entry.header.name}), which needs a container`);
  }
}

/** The path below root; no component of it may be a link that an earlier entry made. */
async function safePath(root: string, name: string): Promise<string> {
  const relative = normalize(name).replace(/\/+$/, "");
  if (relative.startsWith("..") || relative.startsWith("/")) throw new Error(`the layer names a path outside of the image: ${name}`);
  for (let folder = dirname(relative); folder !== "." && folder !== "/"; folder = dirname(folder)) {
    const stat = await lstat(join(root, folder)).catch(() => undefined);
    if (stat?.isSymbolicLink()) throw new Error(`the layer writes through a link: ${name}`);
  }
  return join(root, relative);
}
