import type { AppendFile, BlobDisk } from "./disk.ts";
import { Digester, type DigestAlgorithm } from "./digest.ts";

/** Bytes that are gathered before one write: fewer, larger writes are faster. An upload holds twice this in memory. */
const WRITE_BYTES = 1024 * 1024;

/** Why an append ended early; what had arrived before is in the file. */
export type AppendResult = { readonly kind: "ok" } | { readonly kind: "too-large" } | { readonly kind: "disk-full" };

export interface AppendLimits {
  /** Of the whole file, in bytes. */
  readonly maxBytes: number;
}

/**
 * A blob that is still arriving: a file that grows, hashed on the way. The file's length is the truth, so whoever opens it
 * again after a crash goes on where it ends.
 */
export class PartialBlob implements AsyncDisposable {
  readonly path: string;
  readonly #disk: BlobDisk;
  readonly #file: AppendFile;
  /** Covers all of the file, or is undefined when the file was there before us and has not been read yet. */
  #sha256: Digester | undefined;

  private constructor(disk: BlobDisk, path: string, file: AppendFile) {
    this.#disk = disk;
    this.path = path;
    this.#file = file;
    this.#sha256 = file.size === 0 ? new Digester("sha256") : undefined;
  }

  /** Makes the file, or opens one that an earlier process left. */
  static async open(disk: BlobDisk, path: string): Promise<PartialBlob> {
    return new PartialBlob(disk, path, await disk.append(path));
  }

  get size(): number {
    return this.#file.size;
  }

  /** Adds what the source gives. A source that fails rejects with its own error, after what it gave has been written. */
  async append(source: AsyncIterable<Uint8Array>, limits: AppendLimits): Promise<AppendResult> {
    const hash = this.#sha256 ?? (await this.#read("sha256"));
    this.#sha256 = undefined; // a write that fails half-way leaves the file longer than what was hashed
    const writer = new BatchWriter(this.#file, hash);
    try {
      return await fill(writer, source, limits.maxBytes - this.size);
    } catch (error) {
      if (isDiskFull(error)) return { kind: "disk-full" };
      throw error;
    } finally {
      if (writer.isWhole) this.#sha256 = hash;
    }
  }

  /** The digest of the file so far. */
  async digest(algorithm: DigestAlgorithm): Promise<string> {
    if (algorithm !== "sha256") return (await this.#read(algorithm)).digest();
    this.#sha256 ??= await this.#read("sha256");
    return this.#sha256.digest();
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  async #read(algorithm: DigestAlgorithm): Promise<Digester> {
    const digester = new Digester(algorithm);
    if (this.size > 0) for await (const chunk of this.#disk.stream(this.path)) digester.update(chunk);
    return digester;
  }
}

/** Writes what the source gives until it has given more than `maxBytes`. What came before an error or the limit is written. */
async function fill(writer: BatchWriter, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<AppendResult> {
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > maxBytes) return { kind: "too-large" };
      await writer.add(chunk);
    }
    return { kind: "ok" };
  } finally {
    await writer.end();
  }
}

/** Hashes and writes in batches: while one is being written, the next is gathered. */
class BatchWriter {
  readonly #file: AppendFile;
  readonly #hash: Digester;
  #gathered: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  /** What was hashed is what was written. */
  isWhole = false;

  constructor(file: AppendFile, hash: Digester) {
    this.#file = file;
    this.#hash = hash;
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#gathered.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= WRITE_BYTES) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
    this.isWhole = true;
  }

  /** Resolves when the batch before this one is written. */
  async #flush(): Promise<void> {
    const batch = this.#gathered;
    this.#gathered = [];
    this.#bytes = 0;
    await this.#writing;
    if (batch.length === 0) return;
    this.#writing = this.#file.write(batch);
    this.#writing.catch(() => {}); // whoever comes next is told
    for (const chunk of batch) this.#hash.update(chunk);
  }
}

/** No space, no quota left, or a file larger than the file system takes. */
export function isDiskFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EFBIG"].includes((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}
