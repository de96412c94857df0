import { randomUUID } from "node:crypto";
import type { Descriptor } from "../oci/manifest.ts";
import { TAG } from "../reference.ts";
import { parseDigest } from "./digest.ts";
import type { BlobDisk } from "./disk.ts";

/** A manifest of a repository, as far as a registry answers for it. */
export interface ManifestRecord extends Descriptor {
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: string;
}

/**
 * What the repositories of the image store name, one small file each, durable when a call resolves. A repository is named
 * with its registry, e.g. `kinetic.local/team/app`; its folder is that name, URI-encoded.
 *
 * `tags/<repository>/<tag>` holds a descriptor, `manifests/<repository>/<digest>` a record,
 * `referrers/<repository>/<subject>/<digest>` and `links/<repository>/<digest>` nothing: their names say it all. In file
 * names the colon of a digest is a dash.
 */
export class Repositories {
  readonly #disk: BlobDisk;
  readonly #folder: string;

  constructor(options: { readonly disk: BlobDisk; readonly folder: string }) {
    this.#disk = options.disk;
    this.#folder = options.folder;
  }

  /** Names of the repositories that hold anything, sorted. */
  async list(): Promise<readonly string[]> {
    const kinds = ["tags", "manifests", "links"];
    const folders = await Promise.all(kinds.map((kind) => this.#disk.listFolders(`${this.#folder}/${kind}`)));
    const names = [...new Set(folders.flat())].flatMap(repositoryOfFolder);
    const found = await Promise.all(names.map(async (name) => ((await this.exists(name)) ? [name] : [])));
    return found.flat().toSorted();
  }

  async exists(repository: string): Promise<boolean> {
    for (const kind of ["tags", "manifests", "links"] as const) {
      if ((await this.#disk.list(this.#folderOf(kind, repository))).length > 0) return true;
    }
    return false;
  }

  /** In the order that the distribution specification calls lexical: letters first, their case second. */
  async tags(repository: string): Promise<readonly string[]> {
    const names = await this.#disk.list(this.#folderOf("tags", repository));
    return names.filter((name) => TAG.test(name)).toSorted(compareTags);
  }

  tag(repository: string, tag: string): Promise<Descriptor | undefined> {
    return this.#read<Descriptor>(this.#folderOf("tags", repository), tag);
  }

  setTag(repository: string, tag: string, manifest: Descriptor): Promise<void> {
    const { mediaType, digest, size } = manifest;
    return this.#replace(this.#folderOf("tags", repository), tag, JSON.stringify({ mediaType, digest, size }));
  }

  /** False when it was absent. */
  deleteTag(repository: string, tag: string): Promise<boolean> {
    return this.#delete(this.#folderOf("tags", repository), tag);
  }

  manifest(repository: string, digest: string): Promise<ManifestRecord | undefined> {
    return this.#read<ManifestRecord>(this.#folderOf("manifests", repository), fileName(digest));
  }

  /** Digests of the manifests of a repository. */
  manifests(repository: string): Promise<readonly string[]> {
    return this.#digests(this.#folderOf("manifests", repository));
  }

  async putManifest(repository: string, record: ManifestRecord): Promise<void> {
    const { digest, subject } = record;
    if (subject !== undefined) await this.#replace(this.#referrersOf(repository, subject), fileName(digest), "");
    await this.#replace(this.#folderOf("manifests", repository), fileName(digest), JSON.stringify(record));
  }

  /** Deletes a manifest and the tags that mean it. False when it was absent. */
  async deleteManifest(repository: string, digest: string): Promise<boolean> {
    const record = await this.manifest(repository, digest);
    for (const tag of await this.tags(repository)) {
      if ((await this.tag(repository, tag))?.digest === digest) await this.deleteTag(repository, tag);
    }
    if (record?.subject !== undefined) {
      await this.#delete(this.#referrersOf(repository, record.subject), fileName(digest));
    }
    return (await this.#delete(this.#folderOf("manifests", repository), fileName(digest))) || record !== undefined;
  }

  /** Manifests that name `subject` as theirs, by digest. */
  async referrers(repository: string, subject: string): Promise<readonly ManifestRecord[]> {
    const digests = await this.#digests(this.#referrersOf(repository, subject));
    const records = await Promise.all(digests.map((digest) => this.manifest(repository, digest)));
    return records.filter((record) => record !== undefined);
  }

  async hasBlob(repository: string, digest: string): Promise<boolean> {
    return (await this.#disk.stat(`${this.#folderOf("links", repository)}/${fileName(digest)}`)) !== undefined;
  }

  /** Makes a stored blob one of the repository's. */
  async linkBlob(repository: string, digest: string): Promise<void> {
    const folder = this.#folderOf("links", repository);
    await this.#disk.makeFolder(folder);
    await this.#disk.write(`${folder}/${fileName(digest)}`, Buffer.alloc(0)); // no content, so nothing to sync but the name
    await this.#disk.syncFolder(folder);
  }

  /** False when it was absent. */
  unlinkBlob(repository: string, digest: string): Promise<boolean> {
    return this.#delete(this.#folderOf("links", repository), fileName(digest));
  }

  /** Digests of the blobs of a repository. */
  blobs(repository: string): Promise<readonly string[]> {
    return this.#digests(this.#folderOf("links", repository));
  }

  async #digests(folder: string): Promise<readonly string[]> {
    const names = await this.#disk.list(folder);
    return names.map(digestOfFile).filter((digest) => digest !== undefined);
  }

  async #read<T>(folder: string, name: string): Promise<T | undefined> {
    const bytes = await this.#disk.read(`${folder}/${name}`);
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString("utf8")) as T);
  }

  /** The temporary file has a name of its own, so that two pushes of one tag at once do not meet in it. */
  async #replace(folder: string, name: string, text: string): Promise<void> {
    const temporary = `${this.#folder}/ingest/${randomUUID()}`;
    try {
      await this.#disk.write(temporary, Buffer.from(text));
      await this.#disk.sync(temporary);
      await this.#disk.makeFolder(folder);
      await this.#disk.rename(temporary, `${folder}/${name}`);
    } catch (error) {
      await this.#disk.remove(temporary);
      throw error;
    }
    await this.#disk.syncFolder(folder);
  }

  async #delete(folder: string, name: string): Promise<boolean> {
    if ((await this.#disk.stat(`${folder}/${name}`)) === undefined) return false;
    await this.#disk.remove(`${folder}/${name}`);
    await this.#disk.syncFolder(folder);
    return true;
  }

  #referrersOf(repository: string, subject: string): string {
    return `${this.#folderOf("referrers", repository)}/${fileName(subject)}`;
  }

  #folderOf(kind: Kind, repository: string): string {
    return `${this.#folder}/${kind}/${encodeURIComponent(repository)}`;
  }
}

type Kind = "tags" | "manifests" | "referrers" | "links";

/** Callers pass digests that have been parsed: a name never leaves its folder. */
function fileName(digest: string): string {
  if (parseDigest(digest) === undefined) throw new Error(`bad digest ${JSON.stringify(digest)}`);
  return digest.replace(":", "-");
}

/** Nothing for a folder that is not ours. */
function repositoryOfFolder(name: string): string[] {
  try {
    return [decodeURIComponent(name)];
  } catch {
    return [];
  }
}

function digestOfFile(name: string): string | undefined {
  const digest = name.replace("-", ":");
  return parseDigest(digest) === undefined ? undefined : digest;
}

export function compareTags(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x === y) return a < b ? -1 : Number(a > b);
  return x < y ? -1 : 1;
}
