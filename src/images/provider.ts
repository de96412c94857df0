import type { DigestResult, ImageProvider, ImageRequest, ImageResult, LocalImage, PullFacts, PullSecret } from "../api/ports/images.ts";
import { systemClock, type Clock } from "../std/clock.ts";
import type { ContentStore } from "./content-store.ts";
import { LayerStore, type LayerRef, type UnpackedImage } from "./oci/layer-store.ts";
import type { Platform } from "./oci/manifest.ts";
import { LayerError } from "./oci/rooted.ts";
import { TarError } from "./oci/tar/header.ts";
import { imagePlatform } from "./oci/platform.ts";
import type { Reclaimed, ReclaimOptions } from "./oci/reclaim.ts";
import type { ImagePuller } from "./pull/contract.ts";
import { PulledImages } from "./pull/pulled-images.ts";
import { isPlatformRegistry, repositoryOf, type ImageReference } from "./reference.ts";
import { SharedWork } from "./shared-work.ts";
import { digestOf } from "./store/digest.ts";
import { isDiskFull } from "./store/partial.ts";
import { readStoredImage } from "./stored-image.ts";

export interface LocalImagesOptions {
  readonly store: ContentStore;
  /** Of unpacked images. */
  readonly folder: string;
  readonly clock?: Clock;
  /** Default: this machine's. */
  readonly platform?: Platform;
  /** undefined: only images of our own store. */
  readonly puller?: ImagePuller;
}

type Failed = Extract<ImageResult, { kind: "failed" }>;
type Fetched = { readonly kind: "ok"; readonly digest: string; readonly pulled: PullFacts } | Failed;

/** Images named by digest that are remembered: a start from zero should not read manifests again. */
const REMEMBERED = 256;
const TOUCH_EVERY_MS = 60_000;

interface Remembered {
  readonly image: LocalImage;
  touchedMs: number;
}

/** Images of our own store and of registries, each unpacked once and shared by every sandbox that runs it. */
export class LocalImages implements ImageProvider {
  readonly #store: ContentStore;
  readonly #clock: Clock;
  readonly #platform: Platform;
  readonly #puller: ImagePuller | undefined;
  readonly #layers: LayerStore;
  readonly #pulledImages: PulledImages;
  readonly #pulls = new SharedWork<Fetched>();
  readonly #remembered = new Map<string, Remembered>();

  constructor({ store, folder, clock = systemClock, platform = imagePlatform(process.arch), puller }: LocalImagesOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#platform = platform;
    this.#puller = puller;
    this.#layers = new LayerStore({ blobs: store.blobs, folder, clock, isRoot: process.getuid?.() === 0 });
    this.#pulledImages = new PulledImages(store, folder);
  }

  /** For the owner of the folders, at its start: afterwards what was left half done is out of sight. Resolves with how to delete it. */
  sweep(): Promise<() => Promise<void>> {
    return this.#layers.sweep();
  }

  async ensure(request: ImageRequest, signal: AbortSignal): Promise<ImageResult> {
    const known = this.#recall(request.reference);
    if (known !== undefined) return { kind: "ok", image: known };
    const parsed = this.#store.parse(request.reference);
    if (parsed.kind === "invalid") return { kind: "failed", reason: "InvalidImageName", message: parsed.message };
    const { reference } = parsed;
    const isRemote = this.#puller !== undefined && !isPlatformRegistry(reference.registry);
    const mustAsk = isRemote && request.pullPolicy === "Always" && reference.digest === undefined;
    const present = mustAsk ? undefined : await this.#present(reference);
    if (present !== undefined) return this.#unpacked(request, reference, present);
    if (request.pullPolicy === "Never") return neverPulled(request.reference);
    if (!isRemote || this.#puller === undefined) return pullFailed(request.reference, absentMessage(reference));
    const fetched = await this.#fetch(this.#puller, { request, reference }, signal);
    if (fetched.kind === "failed") return fetched;
    const result = await this.#unpacked(request, reference, fetched.digest);
    return result.kind === "ok" ? { ...result, pulled: fetched.pulled } : result;
  }

  async resolveDigest(text: string, signal: AbortSignal, pullSecrets = noSecrets): Promise<DigestResult> {
    const parsed = this.#store.parse(text);
    if (parsed.kind === "invalid") return { kind: "failed", message: parsed.message };
    const { reference } = parsed;
    const found = async () => (await this.#store.resolve(reference))?.digest;
    if (this.#puller === undefined || isPlatformRegistry(reference.registry)) {
      const digest = await found();
      return digest === undefined ? { kind: "failed", message: absentMessage(reference) } : { kind: "ok", digest };
    }
    const resolved = await this.#puller.resolve(reference, await pullSecrets(), signal);
    return resolved.kind === "ok" ? { kind: "ok", digest: resolved.descriptor.digest } : resolved;
  }

  /** Removes what nothing uses: unpacked images, layers, and of pulled images what the store has of them. */
  async reclaim(options: ReclaimOptions): Promise<Reclaimed> {
    if (this.#pulls.size > 0) return { images: [], bytes: 0 };
    const reclaimed = await this.#layers.reclaim(options);
    for (const digest of reclaimed.images) await this.#pulledImages.forget(digest);
    for (const [reference, { image }] of this.#remembered) {
      if (reclaimed.images.includes(image.digest)) this.#remembered.delete(reference);
    }
    return reclaimed;
  }

  /** Digest of what the store has whole for this reference. */
  async #present(reference: ImageReference): Promise<string | undefined> {
    const descriptor = await this.#store.resolve(reference);
    if (descriptor === undefined) return undefined;
    if (isPlatformRegistry(reference.registry)) return descriptor.digest;
    const image = await readStoredImage(this.#store.blobs, descriptor.digest, this.#platform);
    if (image.kind === "missing") return undefined;
    const sizes = image.kind === "ok" ? await Promise.all(image.layers.map(({ digest }) => this.#store.blobs.stat(digest))) : [];
    return sizes.includes(undefined) ? undefined : descriptor.digest;
  }

  async #fetch(puller: ImagePuller, wanted: Wanted, signal: AbortSignal): Promise<Fetched> {
    const { request, reference } = wanted;
    request.onPull?.();
    const secrets = (await request.pullSecrets?.()) ?? [];
    const key = digestOf(Buffer.from(JSON.stringify([reference, secrets])));
    return this.#pulls.run(key, signal, async (shared) => {
      const began = this.#clock.monotonicMs();
      const onLayer = (layer: LayerRef) => this.#layers.prepare(layer);
      const result = await puller.pull({ reference, secrets, onLayer }, shared).catch((error: unknown) => unpackProblem(error));
      if (result instanceof Error) return unpackFailed(request.reference, result);
      if (result.kind === "failed") return pullFailed(request.reference, result.message);
      await this.#pulledImages.remember(repositoryOf(reference), result.descriptor.digest);
      return {
        kind: "ok",
        digest: result.descriptor.digest,
        pulled: { durationMs: this.#clock.monotonicMs() - began, bytes: result.bytes },
      };
    });
  }

  async #unpacked(request: ImageRequest, reference: ImageReference, digest: string): Promise<ImageResult> {
    const stored = await readStoredImage(this.#store.blobs, digest, this.#platform);
    if (stored.kind === "missing") return damaged(request.reference);
    if (stored.kind === "refused") return pullFailed(request.reference, stored.message);
    const unpacked = await this.#layers.image(digest, stored.layers).catch((error: unknown) => unpackProblem(error));
    if (unpacked instanceof Error) return unpackFailed(request.reference, unpacked);
    const image = localImage({ request, digest, imageId: `${repositoryOf(reference)}@${digest}` }, unpacked, stored.config);
    if (reference.digest !== undefined) this.#remember(image);
    return { kind: "ok", image };
  }

  #recall(reference: string): LocalImage | undefined {
    const known = this.#remembered.get(reference);
    if (known === undefined) return undefined;
    const now = this.#clock.now();
    if (now - known.touchedMs > TOUCH_EVERY_MS) {
      known.touchedMs = now;
      void this.#layers.touch(known.image.digest);
    }
    return known.image;
  }

  #remember(image: LocalImage): void {
    this.#remembered.set(image.reference, { image, touchedMs: this.#clock.now() });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

interface Wanted {
  readonly request: ImageRequest;
  readonly reference: ImageReference;
}

const noSecrets = (): Promise<readonly PullSecret[]> => Promise.resolve([]);

interface Identity {
  readonly request: ImageRequest;
  readonly digest: string;
  readonly imageId: string;
}

function localImage({ request, digest, imageId }: Identity, { rootfs, notes }: UnpackedImage, config: LocalImage["config"]): LocalImage {
  return { reference: request.reference, digest, imageId, rootfs, config, ...(notes.length === 0 ? {} : { notes }) };
}

function absentMessage(reference: ImageReference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${repositoryOf(reference)}${tag}${digest}: not found in the image store of this platform`;
}

function neverPulled(reference: string): Failed {
  const message = `Container image "${reference}" is not present with pull policy of Never`;
  return { kind: "failed", reason: "ErrImageNeverPull", message };
}

function pullFailed(reference: string, message: string): Failed {
  return { kind: "failed", reason: "ErrImagePull", message: `failed to pull image "${reference}": ${message}` };
}

/** What a layer or the disk can do to us is an outcome; anything else is a bug. */
function unpackProblem(error: unknown): Error {
  if (error instanceof LayerError || error instanceof TarError) return error;
  if (error instanceof Error && (error as NodeJS.ErrnoException).code !== undefined && error.name !== "AbortError") return error;
  throw error;
}

function unpackFailed(reference: string, error: NodeJS.ErrnoException): Failed {
  const message = isDiskFull(error) ? "no space left on the disk of the unpacked images" : error.message;
  return { kind: "failed", reason: "ErrImagePull", message: `failed to unpack image "${reference}": ${message}` };
}

function damaged(reference: string): Failed {
  return { kind: "failed", reason: "ErrImagePull", message: `image "${reference}" is damaged in the image store; build or push it again` };
}
