import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DigestResult, ImageConfig, ImageProvider, ImageRequest, ImageResult } from "../api/ports/images.ts";
import type { ContentStore } from "./content-store.ts";
import { unpackLayer } from "./oci/layer.ts";
import type { ConfigBlob, Manifest } from "./oci/manifest.ts";
import { repositoryOf, type ImageReference } from "./reference.ts";

/** Images of our own store, each unpacked once into `<folder>/<digest>` and shared by every sandbox that runs it. */
export class LocalImages implements ImageProvider {
  readonly #store: ContentStore;
  readonly #folder: string;
  readonly #unpacking = new Map<string, Promise<string>>();

  constructor(options: { readonly store: ContentStore; readonly folder: string }) {
    this.#store = options.store;
    this.#folder = options.folder;
  }

  async ensure(request: ImageRequest, _signal: AbortSignal): Promise<ImageResult> {
    const parsed = this.#store.parse(request.reference);
    if (parsed.kind === "invalid") return { kind: "failed", reason: "InvalidImageName", message: parsed.message };
    const descriptor = await this.#store.resolve(parsed.reference);
    if (descriptor === undefined) return this.#absent(request, parsed.reference);
    const manifest = await this.#store.getManifest(descriptor.digest);
    const config = manifest === undefined ? undefined : await this.#store.getBlob(manifest.config.digest);
    if (manifest === undefined || config === undefined) return damaged(request.reference);
    const rootfs = await this.#unpacked(descriptor.digest, manifest).catch((error: Error) => error);
    if (rootfs instanceof Error)
      return { kind: "failed", reason: "ErrImagePull", message: `failed to unpack image "${request.reference}": ${rootfs.message}` };
    const imageId = `${repositoryOf(parsed.reference)}@${descriptor.digest}`;
    return { kind: "ok", image: { reference: request.reference, digest: descriptor.digest, imageId, rootfs, config: readConfig(config) } };
  }

  async resolveDigest(text: string, _signal: AbortSignal): Promise<DigestResult> {
    const parsed = this.#store.parse(text);
    if (parsed.kind === "invalid") return { kind: "failed", message: parsed.message };
    const descriptor = await this.#store.resolve(parsed.reference);
    return descriptor === undefined
      ? { kind: "failed", message: absentMessage(parsed.reference) }
      : { kind: "ok", digest: descriptor.digest };
  }

  #absent(request: ImageRequest, reference: ImageReference): ImageResult {
    if (request.pullPolicy === "Never") {
      return {
        kind: "failed",
        reason: "ErrImageNeverPull",
        message: `Container image "${request.reference}" is not present with pull policy of Never`,
      };
    }
    return { kind: "failed", reason: "ErrImagePull", message: `failed to pull image "${request.reference}": ${absentMessage(reference)}` };
  }

  /** One unpack at a time for a digest; an interrupted one leaves only a folder that the next one replaces. */
  #unpacked(digest: string, manifest: Manifest): Promise<string> {
    const running = this.#unpacking.get(digest);
    if (running !== undefined) return running;
    const work = this.#unpack(digest, manifest).finally(() => this.#unpacking.delete(digest));
    this.#unpacking.set(digest, work);
    return work;
  }

  async #unpack(digest: string, manifest: Manifest): Promise<string> {
    const target = join(this.#folder, digest.replace(":", "-"));
    if (await exists(target)) return target;
    const partial = `${target}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true, mode: 0o755 });
    for (const layer of manifest.layers) {
      const bytes = await this.#store.getBlob(layer.digest);
      if (bytes === undefined) throw new Error(`layer ${layer.digest} is missing or damaged`);
      await unpackLayer(bytes, partial);
    }
    await rename(partial, target);
    return target;
  }
}

function absentMessage(reference: ImageReference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${repositoryOf(reference)}${tag}${digest}: not found in the image store of this platform`;
}

function damaged(reference: string): ImageResult {
  return { kind: "failed", reason: "ErrImagePull", message: `image "${reference}" is damaged in the image store; build or push it again` };
}

function readConfig(bytes: Uint8Array): ImageConfig {
  const { config } = JSON.parse(Buffer.from(bytes).toString("utf8")) as ConfigBlob;
  return {
    entrypoint: config?.Entrypoint ?? [],
    cmd: config?.Cmd ?? [],
    env: config?.Env ?? [],
    workingDir: config?.WorkingDir ?? "",
    user: config?.User ?? "",
    labels: config?.Labels ?? {},
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
