import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
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
