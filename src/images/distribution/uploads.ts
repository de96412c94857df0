import { randomUUID } from "node:crypto";
import { abortable } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { ContentStore } from "../content-store.ts";
import type { BlobDisk } from "../store/disk.ts";
import { isDiskFull, PartialBlob } from "../store/partial.ts";
import { storeName } from "./routes.ts";

export interface UploadLimits {
  /** Of one blob, in bytes. */
  readonly maxBlobBytes: number;
  /** Uploads that are not finished. */
  readonly maxSessions: number;
  /** An upload that got nothing for this long is given up. */
  readonly idleMs: number;
}

export interface Chunk {
  /** Where its first byte belongs; undefined: at the end. */
  readonly start: number | undefined;
  /** In bytes; undefined when the client did not say. */
  readonly length: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

export type UploadResult =
  | { readonly kind: "ok"; readonly size: number }
  /** It has become a blob. */
  | { readonly kind: "created" }
  | { readonly kind: "cancelled" }
  /** No such upload in this repository. */
  | { readonly kind: "unknown" }
  /** `size` bytes are here: the next chunk must start there. */
  | { readonly kind: "out-of-order"; readonly size: number }
  | { readonly kind: "size-mismatch"; readonly message: string }
  | { readonly kind: "digest-mismatch"; readonly message: string }
  | { readonly kind: "too-large"; readonly message: string }
  | { readonly kind: "disk-full" }
  /** A newer request works on the same upload. */
  | { readonly kind: "superseded" };

interface Session {
  readonly partial: PartialBlob;
  usedMs: number;
}

interface Work {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

class Superseded extends Error {}

/** Nothing more can come of the upload. */
const FINAL: ReadonlySet<UploadResult["kind"]> = new Set(["created", "cancelled", "digest-mismatch", "too-large", "disk-full"]);
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A session keeps its open file and its running hash this long after a request; later requests read the file again. */
const WARM_MS = 60_000;

/**
 * Uploads that are not finished. Each is a file, `uploads/<repository>/<uuid>`, whose length is the truth: it survives the
 * end of the process, and a client that asks for the status goes on from there.
 *
 * - U1 one request at a time works on an upload; a newer one ends the older, whose client has gone or is wrong;
 * - U2 what arrived before a connection broke stays; what is wrong at the end (digest) or has no room goes;
 * - U3 nothing is written to a file that has become a blob.
 */
export class Uploads implements AsyncDisposable {
  readonly #disk: BlobDisk;
  readonly #folder: string;
  readonly #store: ContentStore;
  readonly #clock: Clock;
  readonly #limits: UploadLimits;
  readonly #sessions = new Map<string, Session>();
  readonly #working = new Map<string, Work>();
  /** Paths of all uploads; read from the disk once. */
  #known: Promise<Set<string>> | undefined;

  constructor(options: {
    readonly disk: BlobDisk;
    /** Of the image store. */
    readonly folder: string;
    readonly store: ContentStore;
    readonly clock: Clock;
    readonly limits: UploadLimits;
  }) {
    this.#disk = options.disk;
    this.#folder = `${options.folder}/uploads`;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#limits = options.limits;
  }

  /** Resolves with the new upload's id, or undefined when there are too many. Rejects when the disk is full. */
  async begin(repository: string): Promise<string | undefined> {
    const known = await this.#all();
    if (known.size >= this.#limits.maxSessions) return undefined;
    const id = randomUUID();
    const path = this.#path(repository, id);
    known.add(path);
    try {
      this.#sessions.set(path, { partial: await PartialBlob.open(this.#disk, path), usedMs: this.#clock.now() });
    } catch (error) {
      known.delete(path);
      throw error;
    }
    await this.#cool();
    return id;
  }

  /** Bytes that have arrived; undefined when there is no such upload. */
  async size(repository: string, id: string): Promise<number | undefined> {
    if (!ID.test(id)) return undefined;
    const path = this.#path(repository, id);
    return this.#sessions.get(path)?.partial.size ?? (await this.#disk.stat(path))?.size;
  }

  /** Adds a chunk. Rejects when the client goes away; what it sent stays (U2). */
  append(repository: string, id: string, chunk: Chunk): Promise<UploadResult> {
    return this.#exclusive(repository, id, (partial, signal) => this.#append(partial, chunk, signal));
  }

  /** Adds the last chunk and makes the blob one of the repository's. */
  finish(repository: string, id: string, last: Chunk & { readonly digest: string }): Promise<UploadResult> {
    const { digest } = last;
    return this.#exclusive(repository, id, async (partial, signal) => {
      const appended = await this.#append(partial, last, signal);
      if (appended.kind !== "ok") return appended;
      return this.#store.blobs.hold([digest], async () => {
        const committed = await this.#store.blobs.commit(partial, { digest });
        if (committed.kind !== "ok") return committed.kind === "disk-full" ? committed : { ...committed, kind: "digest-mismatch" };
        await this.#store.repositories.linkBlob(storeName(repository), digest);
        return { kind: "created" };
      });
    });
  }

  /** False when there is no such upload. */
  async cancel(repository: string, id: string): Promise<boolean> {
    const result = await this.#exclusive(repository, id, () => Promise.resolve({ kind: "cancelled" }));
    return result.kind === "cancelled";
  }

  /** Gives up uploads that got nothing for too long. Resolves with their number. */
  async expire(): Promise<number> {
    await this.#cool();
    const before = this.#clock.now() - this.#limits.idleMs;
    let expired = 0;
    for (const path of [...(await this.#all())]) {
      const file = await this.#disk.stat(path);
      if (this.#working.has(path) || (file !== undefined && file.modifiedMs >= before)) continue;
      await this.#forget(path);
      expired += 1;
    }
    return expired;
  }

  /** Ends the requests that work on uploads and closes their files, which stay for the next run. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { abort, done } of [...this.#working.values()]) {
      abort.abort(new Superseded());
      await done;
    }
    for (const { partial } of this.#sessions.values()) await partial[Symbol.asyncDispose]();
    this.#sessions.clear();
  }

  async #append(partial: PartialBlob, chunk: Chunk, signal: AbortSignal): Promise<UploadResult> {
    const { start, length } = chunk;
    if (start !== undefined && start !== partial.size) return { kind: "out-of-order", size: partial.size };
    const end = length === undefined ? undefined : partial.size + length;
    const { maxBlobBytes } = this.#limits;
    const tooLarge = { kind: "too-large", message: `a blob may have ${maxBlobBytes} bytes` } as const;
    if (end !== undefined && end > maxBlobBytes) return tooLarge;
    const appended = await partial.append(until(chunk.body, signal), { maxBytes: Math.min(end ?? Infinity, maxBlobBytes) });
    if (appended.kind === "disk-full") return appended;
    if (appended.kind === "too-large" && end === undefined) return tooLarge;
    const isWrong = appended.kind === "too-large" || (end !== undefined && partial.size !== end);
    if (!isWrong) return { kind: "ok", size: partial.size };
    return { kind: "size-mismatch", message: `the chunk was announced with ${length ?? 0} bytes and had another length` };
  }

  /** U1, U2 */
  async #exclusive(
    repository: string,
    id: string,
    work: (partial: PartialBlob, signal: AbortSignal) => Promise<UploadResult>,
  ): Promise<UploadResult> {
    if (!ID.test(id)) return { kind: "unknown" };
    const path = this.#path(repository, id);
    for (let other = this.#working.get(path); other !== undefined; other = this.#working.get(path)) {
      other.abort.abort(new Superseded());
      await other.done;
    }
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const abort = new AbortController();
    this.#working.set(path, { abort, done });
    try {
      const session = await this.#open(path);
      if (session === undefined) return { kind: "unknown" };
      const result = await work(session.partial, abort.signal)
        .catch(outcomeOf)
        .catch(async (error: unknown) => {
          // U3: what failed may have failed after the file became a blob.
          if ((await this.#disk.stat(path)) === undefined) await this.#forget(path);
          throw error;
        });
      session.usedMs = this.#clock.now();
      if (FINAL.has(result.kind)) await this.#forget(path);
      return result;
    } finally {
      this.#working.delete(path);
      resolve();
    }
  }

  async #open(path: string): Promise<Session | undefined> {
    const warm = this.#sessions.get(path);
    if (warm !== undefined || (await this.#disk.stat(path)) === undefined) return warm;
    const session = { partial: await PartialBlob.open(this.#disk, path), usedMs: this.#clock.now() };
    this.#sessions.set(path, session);
    return session;
  }

  /** Closes and deletes an upload's file, unless the file has become a blob. */
  async #forget(path: string): Promise<void> {
    const session = this.#sessions.get(path);
    this.#sessions.delete(path);
    await session?.partial[Symbol.asyncDispose]();
    await this.#disk.remove(path);
    (await this.#all()).delete(path);
  }

  /** Closes the files of uploads that have been quiet. */
  async #cool(): Promise<void> {
    const before = this.#clock.now() - WARM_MS;
    for (const [path, session] of this.#sessions) {
      if (session.usedMs > before || this.#working.has(path)) continue;
      this.#sessions.delete(path);
      await session.partial[Symbol.asyncDispose]();
    }
  }

  #all(): Promise<Set<string>> {
    this.#known ??= this.#scan();
    return this.#known;
  }

  async #scan(): Promise<Set<string>> {
    const known = new Set<string>();
    for (const folder of await this.#disk.listFolders(this.#folder)) {
      for (const name of await this.#disk.list(`${this.#folder}/${folder}`)) known.add(`${this.#folder}/${folder}/${name}`);
    }
    return known;
  }

  #path(repository: string, id: string): string {
    return `${this.#folder}/${encodeURIComponent(repository)}/${id}`;
  }
}

/** The source until the signal aborts; what then still comes is nobody's. */
async function* until(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await abortable(Promise.resolve(iterator.next()), signal);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    void iterator.return?.();
  }
}

function outcomeOf(error: unknown): UploadResult {
  if (error instanceof Superseded) return { kind: "superseded" };
  if (isDiskFull(error)) return { kind: "disk-full" };
  throw error;
}
