import { randomUUID } from "node:crypto";
import type { Clock } from "../../std/clock.ts";
import type { BlobStore, ByteRange, ExpectedBlob, IngestResult } from "./contract.ts";
import { digestOf, parseDigest } from "./digest.ts";
import type { BlobDisk } from "./disk.ts";
import { DigestGuard } from "./guard.ts";
import { isDiskFull, PartialBlob } from "./partial.ts";

const MAX_SMALL_BYTES = 4 * 1024 * 1024;
const ALGORITHMS = ["sha256", "sha512"];

/**
 * `blobs/<algorithm>/<hex>` holds a blob, `ingest/<uuid>` one that is arriving. The time of a blob's last change says when it
 * was last stored or asked for: the garbage collector spares what is young.
 */
export class FileBlobStore implements BlobStore {
  readonly #disk: BlobDisk;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #guard = new DigestGuard();
  /** Partial blobs of this process: `reclaim` must leave them alone. */
  readonly #arriving = new Set<string>();

  constructor(options: { readonly disk: BlobDisk; readonly folder: string; readonly clock: Clock }) {
    this.#disk = options.disk;
    this.#folder = options.folder;
    this.#clock = options.clock;
  }

  async stat(digest: string): Promise<number | undefined> {
    return (await this.#statFile(digest))?.size;
  }

  async open(digest: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.#path(digest);
    if (path === undefined || (await this.#disk.stat(path)) === undefined) return undefined;
    return this.#disk.stream(path, range);
  }

  async get(digest: string, maxBytes = MAX_SMALL_BYTES): Promise<Uint8Array | undefined> {
    const path = this.#path(digest);
    const algorithm = parseDigest(digest)?.algorithm;
    const size = (await this.#statFile(digest))?.size;
    if (path === undefined || size === undefined || size > maxBytes) return undefined;
    const bytes = await this.#disk.read(path);
    return bytes !== undefined && digestOf(bytes, algorithm) === digest ? bytes : undefined;
  }

  async put(bytes: Uint8Array): Promise<string> {
    const result = await this.ingest(once(bytes), { digest: digestOf(bytes) });
    if (result.kind !== "ok") throw new Error(result.message);
    return result.digest;
  }

  async ingest(source: AsyncIterable<Uint8Array>, expected: ExpectedBlob): Promise<IngestResult> {
    const path = `${this.#folder}/ingest/${randomUUID()}`;
    this.#arriving.add(path);
    try {
      return await this.#ingestInto(path, source, expected);
    } finally {
      this.#arriving.delete(path);
      await this.#disk.remove(path);
    }
  }

  /**
   * Makes a partial blob visible if it is what was expected; its file is then gone. Otherwise it stays as it is. The caller
   * closes it.
   */
  async commit(partial: PartialBlob, expected: ExpectedBlob): Promise<IngestResult> {
    const size = partial.size;
    if (expected.size !== undefined && size !== expected.size) return mismatch(`expected ${expected.size} bytes, got ${size}`);
    const wanted = expected.digest === undefined ? undefined : parseDigest(expected.digest);
    if (expected.digest !== undefined && wanted === undefined) return mismatch(`unsupported digest ${expected.digest}`);
    const digest = await partial.digest(wanted?.algorithm ?? "sha256"); // B2
    if (expected.digest !== undefined && digest !== expected.digest) return mismatch(`expected ${expected.digest}, got ${digest}`);
    try {
      await partial.sync();
      await this.#publish(partial.path, digest);
    } catch (error) {
      if (isDiskFull(error)) return diskFull();
      throw error;
    }
    return { kind: "ok", digest, size };
  }

  async delete(digest: string): Promise<boolean> {
    const path = this.#path(digest);
    if (path === undefined || (await this.#disk.stat(path)) === undefined) return false;
    await this.#disk.remove(path);
    return true;
  }

  async *list(): AsyncIterable<string> {
    for (const algorithm of ALGORITHMS) {
      for (const hex of await this.#disk.list(`${this.#folder}/blobs/${algorithm}`)) {
        const digest = `${algorithm}:${hex}`;
        if (parseDigest(digest) !== undefined) yield digest;
      }
    }
  }

  /** Runs `work` while none of the blobs can be swept, after marking those that are there as used now. */
  hold<T>(digests: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.#guard.use(digests, async () => {
      for (const path of digests.map((digest) => this.#path(digest))) {
        if (path !== undefined) await this.#disk.touch(path, this.#clock.now());
      }
      return work();
    });
  }

  /** Deletes a blob unless it is held or was used since `beforeMs`. Resolves with its size in bytes, undefined when it stays. */
  sweep(digest: string, beforeMs: number): Promise<number | undefined> {
    return this.unlessUsed(digest, beforeMs, async () => {
      const size = await this.stat(digest);
      return (await this.delete(digest)) ? size : undefined;
    });
  }

  /** Runs `work`, which nobody who wants to hold the blob overtakes, unless it is held or was used since `beforeMs`. */
  unlessUsed<T>(digest: string, beforeMs: number, work: () => Promise<T>): Promise<T | undefined> {
    return this.#guard.sweep(digest, async () => {
      const usedMs = (await this.#statFile(digest))?.modifiedMs;
      return usedMs === undefined || usedMs < beforeMs ? work() : undefined;
    });
  }

  /** Removes what interrupted ingests of earlier processes left (B3). For the owner of the folder, at its start. */
  async reclaim(): Promise<void> {
    const folder = `${this.#folder}/ingest`;
    for (const name of await this.#disk.list(folder)) {
      if (!this.#arriving.has(`${folder}/${name}`)) await this.#disk.remove(`${folder}/${name}`);
    }
  }

  async #ingestInto(path: string, source: AsyncIterable<Uint8Array>, expected: ExpectedBlob): Promise<IngestResult> {
    // Longer than expected is known to be wrong before the end.
    const maxBytes = Math.min(expected.maxBytes ?? Infinity, expected.size ?? Infinity);
    let partial: PartialBlob;
    try {
      partial = await PartialBlob.open(this.#disk, path);
    } catch (error) {
      if (isDiskFull(error)) return diskFull();
      throw error;
    }
    await using open = partial;
    const appended = await open.append(source, { maxBytes });
    if (appended.kind === "disk-full") return diskFull();
    if (appended.kind === "ok") return await this.commit(open, expected);
    return expected.size !== undefined && maxBytes === expected.size
      ? mismatch(`expected ${expected.size} bytes, got more`)
      : { kind: "too-large", message: `the blob is longer than ${maxBytes} bytes` };
  }

  /** B1: the bytes are synced; the name is durable when this resolves. */
  async #publish(from: string, digest: string): Promise<void> {
    const path = this.#path(digest);
    if (path === undefined) throw new Error(`bad digest ${digest}`);
    await this.#guard.use([digest], async () => {
      await this.#disk.makeFolder(path.slice(0, path.lastIndexOf("/")));
      await this.#disk.touch(from, this.#clock.now());
      await this.#disk.rename(from, path); // replaces a damaged one too
      await this.#disk.syncFolder(path.slice(0, path.lastIndexOf("/")));
    });
  }

  async #statFile(digest: string): ReturnType<BlobDisk["stat"]> {
    const path = this.#path(digest);
    return path === undefined ? undefined : this.#disk.stat(path);
  }

  #path(digest: string): string | undefined {
    const parsed = parseDigest(digest);
    return parsed === undefined ? undefined : `${this.#folder}/blobs/${parsed.algorithm}/${parsed.hex}`;
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function mismatch(message: string): IngestResult {
  return { kind: "mismatch", message };
}

function diskFull(): IngestResult {
  return { kind: "disk-full", message: "no space left on the disk of the image store" };
}
