import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ContentStore } from "../content-store.ts";
import { readDocument } from "../oci/image.ts";

/**
 * Which images of the store came from a registry: those can be had again, so the store may forget them when nothing runs
 * them. `pulled/<digest>/<repository>` says so; what people built or pushed is never listed.
 */
export class PulledImages {
  readonly #store: ContentStore;
  readonly #folder: string;

  constructor(store: ContentStore, folder: string) {
    this.#store = store;
    this.#folder = join(folder, "pulled");
  }

  async remember(repository: string, digest: string): Promise<void> {
    const folder = join(this.#folder, digest.replace(":", "-"));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, encodeURIComponent(repository)), "");
  }

  /** Takes the names of an image from the store; its blobs then go with the next garbage collection. */
  async forget(digest: string): Promise<void> {
    const folder = join(this.#folder, digest.replace(":", "-"));
    const names = await readdir(folder).catch(() => []);
    for (const name of names) await this.#forgetIn(decodeURIComponent(name), digest);
    await rm(folder, { recursive: true, force: true });
  }

  async #forgetIn(repository: string, digest: string): Promise<void> {
    const bytes = await this.#store.blobs.get(digest);
    const document = bytes === undefined ? undefined : readDocument(bytes);
    await this.#store.repositories.deleteManifest(repository, digest);
    if (document?.kind !== "index") return;
    for (const child of document.manifests) await this.#store.repositories.deleteManifest(repository, child.digest);
  }
}
