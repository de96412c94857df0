import type { ContentStore } from "../content-store.ts";
import { mentionedDigests } from "../oci/references.ts";

export interface GarbageOptions {
  /** Blobs used after this time are spared: a push that will refer to them may be under way. Milliseconds since the epoch. */
  readonly unusedSinceMs: number;
  /** No blob is touched once this aborts. */
  readonly signal?: AbortSignal;
}

export interface GarbageResult {
  readonly blobs: number;
  readonly bytes: number;
}

/**
 * Deletes blobs that no manifest of any repository mentions, mark and sweep, while pushes go on.
 *
 * - G1 what a manifest mentions stays, wherever in it and whatever its type;
 * - G2 what was stored, asked for or mounted since `unusedSinceMs` stays: a manifest that is pushed after the marking touches
 *   its blobs before it checks that they are there (FileBlobStore.hold), so the sweep either sees that or comes first, and
 *   then the push is told which blobs are missing.
 */
export async function collectGarbage(store: ContentStore, options: GarbageOptions): Promise<GarbageResult> {
  const marked = new Set<string>();
  for (const repository of await store.repositories.list()) {
    const own = await mentioned(store, repository);
    for (const digest of own) marked.add(digest);
    await unlinkUnused(store, repository, { own, ...options });
  }
  let blobs = 0;
  let bytes = 0;
  for await (const digest of store.blobs.list()) {
    if (options.signal?.aborted === true) break;
    if (marked.has(digest)) continue;
    const freed = await store.blobs.sweep(digest, options.unusedSinceMs);
    blobs += freed === undefined ? 0 : 1;
    bytes += freed ?? 0;
  }
  return { blobs, bytes };
}

/** Digests of a repository's manifests and of all that they mention. */
async function mentioned(store: ContentStore, repository: string): Promise<Set<string>> {
  const found = new Set<string>(await store.repositories.manifests(repository));
  for (const tag of await store.repositories.tags(repository)) {
    const descriptor = await store.repositories.tag(repository, tag);
    if (descriptor !== undefined) found.add(descriptor.digest);
  }
  for (const manifest of [...found]) {
    const bytes = await store.blobs.get(manifest, Infinity);
    for (const digest of bytes === undefined ? [] : mentionedDigests(bytes)) found.add(digest);
  }
  return found;
}

/** A blob that was pushed but that no manifest of the repository came to mention is no longer the repository's. */
async function unlinkUnused(
  store: ContentStore,
  repository: string,
  { own, unusedSinceMs }: GarbageOptions & { readonly own: ReadonlySet<string> },
): Promise<void> {
  for (const digest of await store.repositories.blobs(repository)) {
    if (own.has(digest)) continue;
    await store.blobs.unlessUsed(digest, unusedSinceMs, () => store.repositories.unlinkBlob(repository, digest));
  }
}
