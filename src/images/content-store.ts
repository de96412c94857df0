import { replaceFile, type Disk } from "../std/disk.ts";
import { canonicalReference, parseReference, repositoryOf, type ImageReference } from "./reference.ts";
import { sha256Digest, type Descriptor, type Manifest } from "./oci/manifest.ts";

/**
 * Blobs by digest and tags by name, on disk. A blob is durable before anything refers to it, a tag before its push is
 * acknowledged; a blob that does not match its digest is treated as absent.
 *
 * `blobs/sha256/<hex>` holds a blob, `tags/<repository, encoded>/<tag>` the descriptor of a manifest as JSON.
 */
export class ContentStore {
  readonly #disk: Disk;
  readonly #folder: string;
  /** Ports on which our registry ever listened: `localhost:PORT/x` is an alias of the stable name. */
  readonly #ownPorts: readonly number[];

  constructor(options: { readonly disk: Disk; readonly folder: string; readonly ownPorts: readonly number[] }) {
    this.#disk = options.disk;
    this.#folder = options.folder;
    this.#ownPorts = options.ownPorts;
  }

  /** Resolves with the digest once the blob is durable. */
  async putBlob(bytes: Uint8Array): Promise<string> {
    const digest = sha256Digest(bytes);
    const path = this.#blobPath(digest);
    if ((await this.getBlob(digest)) === undefined) await replaceFile(this.#disk, path, bytes);
    return digest;
  }

  /** undefined when absent or damaged. */
  async getBlob(digest: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#disk.read(this.#blobPath(digest));
    return bytes !== undefined && sha256Digest(bytes) === digest ? bytes : undefined;
  }

  async getManifest(digest: string): Promise<Manifest | undefined> {
    const bytes = await this.getBlob(digest);
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString("utf8")) as Manifest);
  }

  /** Points a tag at a stored manifest. */
  async tag(reference: ImageReference, manifest: Descriptor): Promise<void> {
    await replaceFile(this.#disk, this.#tagPath(reference), Buffer.from(JSON.stringify(manifest)));
  }

  /** The manifest that a reference means, by digest or tag. */
  async resolve(reference: ImageReference): Promise<Descriptor | undefined> {
    if (reference.digest !== undefined) {
      const bytes = await this.getBlob(reference.digest);
      return bytes === undefined ? undefined : { ...manifestType(bytes), digest: reference.digest, size: bytes.length };
    }
    const bytes = await this.#disk.read(this.#tagPath(reference));
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString("utf8")) as Descriptor);
  }

  /** Tags of a repository, sorted. */
  async tags(registry: string, repository: string): Promise<readonly string[]> {
    return (await this.#disk.list(this.#tagFolder({ registry, repository }))).filter((name) => !name.endsWith(".partial"));
  }

  /** Parses and makes canonical; a bad name is the caller's to report. */
  parse(text: string): ReturnType<typeof parseReference> {
    const parsed = parseReference(text);
    return parsed.kind === "ok" ? { kind: "ok", reference: canonicalReference(parsed.reference, this.#ownPorts) } : parsed;
  }

  #blobPath(digest: string): string {
    return `${this.#folder}/blobs/${digest.replace(":", "/")}`;
  }

  #tagFolder(reference: Pick<ImageReference, "registry" | "repository">): string {
    return `${this.#folder}/tags/${encodeURIComponent(repositoryOf(reference))}`;
  }

  #tagPath(reference: ImageReference): string {
    return `${this.#tagFolder(reference)}/${reference.tag ?? "latest"}`;
  }
}

function manifestType(bytes: Uint8Array): { mediaType: string } {
  const parsed = JSON.parse(Buffer.from(bytes).toString("utf8")) as { mediaType?: string };
  return { mediaType: parsed.mediaType ?? "application/vnd.oci.image.manifest.v1+json" };
}
