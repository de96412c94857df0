/** Blobs and facts that are kept between builds, by content. Several builds may use it at the same time; any file may be deleted. */
import { copyFile, link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { sha256Digest, type Descriptor } from "../../../images/oci/manifest.ts";

export class BlobCache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where a blob is, if it is there. */
  pathOf(digest: string): string {
    return join(this.folder, "blobs", digest.replace(":", "/"));
  }

  async has(digest: string, size: number): Promise<boolean> {
    return (await stat(this.pathOf(digest)).catch(() => undefined))?.size === size;
  }

  async put(mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
    const digest = sha256Digest(bytes);
    if (!(await this.has(digest, bytes.length))) await writeWhole(this.pathOf(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** Takes a file that `make` writes. */
  async take<T extends { readonly digest: string }>(make: (path: string) => Promise<T>): Promise<T> {
    const temporary = join(this.folder, "blobs", `partial-${randomUUID()}`);
    await mkdir(dirname(temporary), { recursive: true });
    try {
      const made = await make(temporary);
      await mkdir(dirname(this.pathOf(made.digest)), { recursive: true });
      await rename(temporary, this.pathOf(made.digest));
      return made;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Stores bytes whose digest is known to be this one. */
  async fill(digest: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    await this.take(async (path) => {
      await writeFile(path, source);
      return { digest };
    });
  }

  /** A remembered fact; undefined when there is none, or it cannot be read. */
  async fact<T>(key: string): Promise<T | undefined> {
    const text = await readFile(this.#factPath(key), "utf8").catch(() => undefined);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as T);
    } catch {
      return undefined;
    }
  }

  async remember(key: string, value: unknown): Promise<void> {
    await writeWhole(this.#factPath(key), Buffer.from(JSON.stringify(value)));
  }

  #factPath(key: string): string {
    return join(this.folder, "facts", `${sha256Digest(Buffer.from(key)).slice("sha256:".length)}.json`);
  }
}

/** A reader sees the old file or the new one. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}

/** As a second name of the file where the file system can do that. */
export async function placeFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") return;
    if (error.code === "ENOENT") throw error;
    await copyFile(from, to);
  });
}
