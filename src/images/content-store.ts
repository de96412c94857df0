import { systemClock, type Clock } from "../std/clock.ts";
import type { Descriptor, Manifest } from "./oci/manifest.ts";
import { readManifest, type ManifestFacts } from "./oci/references.ts";
import { canonicalReference, parseReference, repositoryOf, type ImageReference } from "./reference.ts";
import { digestOf, parseDigest } from "./store/digest.ts";
import type { BlobDisk } from "./store/disk.ts";
import { FileBlobStore } from "./store/file-blob-store.ts";
import { isDiskFull } from "./store/partial.ts";
import { Repositories, type ManifestRecord } from "./store/repositories.ts";

export interface NewManifest {
  /** With its registry, e.g. `kinetic.local/team/app`. */
  readonly repository: string;
  readonly bytes: Uint8Array;
  /** As the client called it; undefined takes the manifest's own word. */
  readonly mediaType: string | undefined;
  /** Under which it must be found; sha256 by default. */
  readonly digest?: string;
  readonly tags: readonly string[];
}

export type PutManifestResult =
  | { readonly kind: "ok"; readonly digest: string; readonly facts: ManifestFacts }
  | { readonly kind: "invalid"; readonly message: string }
  | { readonly kind: "mismatch"; readonly message: string }
  /** Blobs that it refers to and that are not in the store. */
  | { readonly kind: "blobs-missing"; readonly digests: readonly string[] }
  | { readonly kind: "disk-full"; readonly message: string };

/**
 * Images on disk: blobs by digest, and the repositories that name them. A blob is durable before anything refers to it, a
 * manifest before its tag, a tag before its push is acknowledged; a blob that does not match its digest counts as absent.
 */
export class ContentStore {
  readonly blobs: FileBlobStore;
  readonly repositories: Repositories;
  /** Ports on which our registry ever listened: `localhost:PORT/x` is an alias of the stable name. */
  readonly #ownPorts: readonly number[];

  constructor(options: { readonly disk: BlobDisk; readonly folder: string; readonly ownPorts: readonly number[]; readonly clock?: Clock }) {
    const { disk, folder, clock = systemClock } = options;
    this.blobs = new FileBlobStore({ disk, folder, clock });
    this.repositories = new Repositories({ disk, folder });
    this.#ownPorts = options.ownPorts;
  }

  /** Resolves with the digest once the blob is durable. */
  putBlob(bytes: Uint8Array): Promise<string> {
    return this.blobs.put(bytes);
  }

  /** Whole; undefined when absent or damaged. Large blobs are better read with `blobs.open`. */
  getBlob(digest: string): Promise<Uint8Array | undefined> {
    return this.blobs.get(digest, Infinity);
  }

  async getManifest(digest: string): Promise<Manifest | undefined> {
    const bytes = await this.blobs.get(digest);
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString("utf8")) as Manifest);
  }

  /** Stores a manifest, makes its blobs the repository's and points tags at it. */
  async putManifest(manifest: NewManifest): Promise<PutManifestResult> {
    const reading = readManifest(manifest.bytes, manifest.mediaType);
    if (reading.kind === "invalid") return reading;
    const { facts } = reading;
    const digest = manifest.digest ?? digestOf(manifest.bytes);
    const actual = digestOf(manifest.bytes, parseDigest(digest)?.algorithm);
    if (actual !== digest) return { kind: "mismatch", message: `expected ${digest}, got ${actual}` };
    return this.blobs.hold([digest, ...facts.blobs, ...facts.manifests], async () => {
      const missing = await this.#absent(facts.blobs);
      if (missing.length > 0) return { kind: "blobs-missing", digests: missing };
      const stored = await this.blobs.ingest(once(manifest.bytes), { digest });
      if (stored.kind === "disk-full") return stored;
      if (stored.kind !== "ok") throw new Error(stored.message);
      return this.#name(manifest, digest, facts).then(
        () => ({ kind: "ok", digest, facts }),
        (error: unknown) => diskFull(error),
      );
    });
  }

  /**
   * Makes a stored manifest one of the reference's repository and points the reference's tag, if it has one, at it. What the
   * manifest refers to may be missing, as from an index of which one platform was pulled.
   */
  async tag(reference: ImageReference, manifest: Descriptor): Promise<void> {
    const bytes = await this.blobs.get(manifest.digest);
    const reading = bytes === undefined ? undefined : readManifest(bytes, manifest.mediaType);
    if (bytes === undefined || reading?.kind !== "ok") throw new Error(`${manifest.digest} is not a manifest of this image store`);
    const { facts } = reading;
    const tags = reference.tag === undefined ? [] : [reference.tag];
    const toWrite = { repository: repositoryOf(reference), bytes, tags };
    await this.blobs.hold([manifest.digest, ...facts.blobs, ...facts.manifests], () => this.#name(toWrite, manifest.digest, facts));
  }

  /** The manifest that a reference means, by digest or tag. */
  async resolve(reference: ImageReference): Promise<Descriptor | undefined> {
    if (reference.digest === undefined) return this.repositories.tag(repositoryOf(reference), reference.tag ?? "latest");
    const bytes = await this.blobs.get(reference.digest);
    if (bytes === undefined) return undefined;
    const record = await this.repositories.manifest(repositoryOf(reference), reference.digest);
    const reading = readManifest(bytes, record?.mediaType);
    return reading.kind === "ok" ? { mediaType: reading.facts.mediaType, digest: reference.digest, size: bytes.length } : undefined;
  }

  /** Tags of a repository, sorted. */
  tags(registry: string, repository: string): Promise<readonly string[]> {
    return this.repositories.tags(repositoryOf({ registry, repository }));
  }

  /** Parses and makes canonical; a bad name is the caller's to report. */
  parse(text: string): ReturnType<typeof parseReference> {
    const parsed = parseReference(text);
    return parsed.kind === "ok" ? { kind: "ok", reference: canonicalReference(parsed.reference, this.#ownPorts) } : parsed;
  }

  /** In the order that leaves nothing dangling: blobs, the manifest, then its tags. */
  async #name(manifest: Pick<NewManifest, "repository" | "bytes" | "tags">, digest: string, facts: ManifestFacts): Promise<void> {
    const { repository, bytes } = manifest;
    for (const blob of facts.blobs) {
      const isOurs = await this.repositories.hasBlob(repository, blob);
      if (!isOurs && (await this.blobs.stat(blob)) !== undefined) await this.repositories.linkBlob(repository, blob);
    }
    const record = recordOf(facts, digest, bytes.length);
    await this.repositories.putManifest(repository, record);
    for (const tag of manifest.tags) await this.repositories.setTag(repository, tag, record);
  }

  async #absent(digests: readonly string[]): Promise<string[]> {
    const sizes = await Promise.all(digests.map((digest) => this.blobs.stat(digest)));
    return digests.filter((_, index) => sizes[index] === undefined);
  }
}

function diskFull(error: unknown): PutManifestResult {
  if (isDiskFull(error)) return { kind: "disk-full", message: "no space left on the disk of the image store" };
  throw error;
}

function recordOf(facts: ManifestFacts, digest: string, size: number): ManifestRecord {
  const { mediaType, artifactType, annotations, subject } = facts;
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(subject === undefined ? {} : { subject }),
  };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
