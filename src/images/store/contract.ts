/**
 * Blobs by digest (`sha256:<hex>` or `sha512:<hex>`), on disk. The contract suite is `blob-store.contract.ts`.
 *
 * - B1 a blob is durable before anything may refer to it: `put` and `ingest` resolve after the sync;
 * - B2 no blob is visible under a digest that its bytes did not have when they arrived;
 * - B3 what an interrupted `ingest` leaves behind is invisible and is reclaimed at the next start.
 */
export interface BlobStore {
  /** Size in bytes; undefined when absent. */
  stat(digest: string): Promise<number | undefined>;
  /** The bytes from `start` to `end` (both included), all by default, not verified again; undefined when absent. */
  open(digest: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** A small blob (manifest, config) whole and verified; undefined when absent, damaged or above `maxBytes` (default 4 MiB). */
  get(digest: string, maxBytes?: number): Promise<Uint8Array | undefined>;
  /** Stores a small blob; resolves with its sha256 digest. */
  put(bytes: Uint8Array): Promise<string>;
  /** Streams a blob in. A source that fails rejects with its own error, and nothing stays. */
  ingest(source: AsyncIterable<Uint8Array>, expected: ExpectedBlob): Promise<IngestResult>;
  /** False when it was absent. */
  delete(digest: string): Promise<boolean>;
  /** Digests of all blobs. */
  list(): AsyncIterable<string>;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ExpectedBlob {
  /** Without it any content is taken, under its sha256 digest. */
  readonly digest?: string;
  /** In bytes; more or fewer is a mismatch. */
  readonly size?: number;
  /** In bytes: what is longer is refused while it arrives. */
  readonly maxBytes?: number;
}

export type IngestResult =
  | { readonly kind: "ok"; readonly digest: string; readonly size: number }
  | { readonly kind: "mismatch"; readonly message: string }
  | { readonly kind: "too-large"; readonly message: string }
  | { readonly kind: "disk-full"; readonly message: string };
