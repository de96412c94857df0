import type { AppendFile, BlobDisk } from "./disk.ts";
import { Digester, type DigestAlgorithm } from "./digest.ts";

/** Bytes that are gathered before one write: fewer, larger writes are faster, and this much memory is held for an upload. */
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
    this.#sha256 ??= await this.#read("sha256");
    const gathered: Uint8Array[] = [];
    let bytes = 0;
    const flush = async () => {
      bytes = 0;
      await this.#write(gathered.splice(0));
    };
    try {
      try {
        for await (const chunk of source) {
          if (this.size + bytes + chunk.length > limits.maxBytes) return { kind: "too-large" };
          gathered.push(chunk);
          bytes += chunk.length;
          if (bytes >= WRITE_BYTES) await flush();
        }
      } finally {
        await flush();
      }
    } catch (error) {
      if (isDiskFull(error)) return { kind: "disk-full" };
      throw error;
    }
    return { kind: "ok" };
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

  async #write(chunks: readonly Uint8Array[]): Promise<void> {
    if (chunks.length === 0) return;
    const before = this.size;
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const hash = this.#sha256;
    this.#sha256 = undefined; // a write that fails half-way leaves the file longer than what was hashed
    await this.#file.write(chunks);
    if (this.size !== before + length) throw new Error(`${this.path} has ${this.size} bytes, expected ${before + length}`);
    for (const chunk of chunks) hash?.update(chunk);
    this.#sha256 = hash;
  }

  async #read(algorithm: DigestAlgorithm): Promise<Digester> {
    const digester = new Digester(algorithm);
    if (this.size > 0) for await (const chunk of this.#disk.stream(this.path)) digester.update(chunk);
    return digester;
  }
}

/** No space, no quota left, or a file larger than the file system takes. */
export function isDiskFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EFBIG"].includes((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}
