import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Descriptor } from "../oci/manifest.ts";

/** Smaller blobs are sent faster than they are looked up. */
const MIN_BYTES = 64 * 1024;
const MAX_BLOBS = 1000;

type Places = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Where large blobs were pushed before: a registry can take them from another repository of its own without having them sent again.
 * A hint alone; a registry that does not have one any more asks for it.
 */
export class PushedBlobs {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Repository of the registry that has the blob, as far as we know. */
  async repositoryOf(registry: string, digest: string): Promise<string | undefined> {
    return (await this.#read())[registry]?.[digest];
  }

  async remember(registry: string, repository: string, blobs: readonly Descriptor[]): Promise<void> {
    const large = blobs.filter(({ size }) => size >= MIN_BYTES);
    const all = await this.#read();
    const known = all[registry] ?? {};
    if (large.every(({ digest }) => known[digest] !== undefined)) return;
    const fresh = Object.fromEntries(large.map(({ digest }) => [digest, repository]));
    const kept = Object.entries({ ...known, ...fresh }).slice(-MAX_BLOBS);
    const temporary = `${this.#path}.${randomUUID()}`;
    await mkdir(dirname(this.#path), { recursive: true });
    await writeFile(temporary, JSON.stringify({ ...all, [registry]: Object.fromEntries(kept) }));
    await rename(temporary, this.#path);
  }

  async #read(): Promise<Places> {
    const text = await readFile(this.#path, "utf8").catch(() => "{}");
    try {
      return JSON.parse(text) as Places;
    } catch {
      return {};
    }
  }
}
