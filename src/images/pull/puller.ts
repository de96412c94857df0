import type { PullSecret } from "../../api/ports/images.ts";
import type { Clock } from "../../std/clock.ts";
import { inTurn } from "../../std/in-turn.ts";
import type { ContentStore } from "../content-store.ts";
import { readConfig, readDocument } from "../oci/image.ts";
import type { Descriptor, Manifest, Platform } from "../oci/manifest.ts";
import { choosePlatform, platformName, platformsOf } from "../oci/platform.ts";
import { repositoryOf, type ImageReference } from "../reference.ts";
import { blobStream } from "./blob-stream.ts";
import type { ImagePuller, PullRequest, PullResult, ResolveResult } from "./contract.ts";
import type { DockerConfig } from "./docker-config.ts";
import { RegistryError, type Http } from "./http.ts";
import { keysFor, refusalWords } from "./keychain.ts";
import { fetchManifest, resolveManifest, type FetchedManifest } from "./manifests.ts";
import type { Endpoint, Registries } from "./registries.ts";
import { Session } from "./session.ts";

export interface PullerOptions {
  readonly http: Http;
  readonly store: ContentStore;
  readonly clock: Clock;
  readonly platform: Platform;
  readonly registries: Registries;
  /** Of the platform's user. */
  readonly dockerConfig?: DockerConfig;
  /** Of an image's compressed layers together, bytes. */
  readonly maxImageBytes?: number;
}

const LAYERS_AT_ONCE = 3;
const MAX_IMAGE_BYTES = 64 * 1024 ** 3;
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

interface Asked {
  readonly reference: ImageReference;
  readonly secrets: readonly PullSecret[];
}

interface Pulled {
  readonly descriptor: Descriptor;
  readonly bytes: number;
}

/** Pulls from any registry that speaks the OCI distribution protocol or Docker's. */
export class RegistryPuller implements ImagePuller {
  readonly #options: PullerOptions;

  constructor(options: PullerOptions) {
    this.#options = options;
  }

  async resolve(reference: ImageReference, secrets: readonly PullSecret[], signal: AbortSignal): Promise<ResolveResult> {
    const result = await this.#fromAny({ reference, secrets }, signal, (session) => resolveManifest(session, reference, signal));
    return result.kind === "ok" ? { kind: "ok", descriptor: result.value } : result;
  }

  async pull(request: PullRequest, signal: AbortSignal): Promise<PullResult> {
    const result = await this.#fromAny(request, signal, (session) => this.#pull(session, request, signal));
    return result.kind === "ok" ? { kind: "ok", ...result.value } : result;
  }

  /** Mirrors, then the registry; of failures the registry's own is told. */
  async #fromAny<T>(asked: Asked, signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<Outcome<T>> {
    let failure: Outcome<T> = { kind: "failed", message: "no registry to ask" };
    try {
      for (const endpoint of await this.#options.registries.endpoints(asked.reference.registry)) {
        failure = await this.#fromOne(endpoint, asked, signal, work);
        if (failure.kind === "ok") return failure;
      }
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return { kind: "failed", message: error.message };
    }
    return failure;
  }

  /** With each credential until one is accepted. */
  async #fromOne<T>(endpoint: Endpoint, asked: Asked, signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<Outcome<T>> {
    const { repository } = asked.reference;
    const { http, clock, registries, dockerConfig } = this.#options;
    const { registry } = endpoint;
    const keys = await keysFor(dockerConfig, { registry, repository, secrets: asked.secrets }, signal);
    let refusal: RegistryError | undefined;
    for (const candidate of keys.candidates) {
      const session = new Session({ http, clock, endpoint, candidate, repository, trust: (host) => registries.trust(host) });
      try {
        return { kind: "ok", value: await work(session) };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof RegistryError)) throw error;
        // What the first credentials were told is what their owner has to know.
        refusal ??= error.code === "unauthorized" ? error : undefined;
        if (refusal === undefined) return { kind: "failed", message: error.message };
        if (error.code !== "unauthorized") break;
      }
    }
    return { kind: "failed", message: `${refusal?.message ?? ""} (${refusalWords(keys, registry)})` };
  }

  async #pull(session: Session, { reference, onLayer }: PullRequest, signal: AbortSignal): Promise<Pulled> {
    const top = await fetchManifest(session, reference, signal);
    const inner = await this.#forPlatform(session, reference, top, signal);
    const bytes = await this.#checkedSize(inner.manifest);
    const { blobs } = this.#options.store;
    const digests = [inner.manifest.config, ...inner.manifest.layers].map(({ digest }) => digest);
    await blobs.hold(digests, async () => {
      await this.#blob(session, inner.manifest.config, signal);
      const layers = await this.#layersOf(inner.manifest);
      await inTurn([...inner.manifest.layers.entries()], LAYERS_AT_ONCE, async ([index, layer]) => {
        await this.#blob(session, layer, signal);
        const ref = layers[index];
        if (ref !== undefined) await onLayer(ref);
      });
      if (inner.fetched !== top) await this.#name(reference, inner.fetched, []);
      await this.#name(reference, top, reference.digest === undefined ? [reference.tag ?? "latest"] : []);
    });
    return { descriptor: top.descriptor, bytes };
  }

  async #forPlatform(
    session: Session,
    reference: ImageReference,
    fetched: FetchedManifest,
    signal: AbortSignal,
  ): Promise<{ readonly manifest: Manifest; readonly fetched: FetchedManifest }> {
    const document = readDocument(fetched.bytes);
    if (document.kind === "image") return { manifest: document.manifest, fetched };
    if (document.kind === "refused") throw new RegistryError("invalid", document.message);
    const { platform } = this.#options;
    const chosen = choosePlatform(document.manifests, platform);
    if (chosen === undefined) {
      const why = `no image for ${platformName(platform)} in the index, which has: ${platformsOf(document.manifests)}`;
      throw new RegistryError("invalid", why);
    }
    const { tag: _tag, ...named } = reference;
    const inner = await fetchManifest(session, { ...named, digest: chosen.digest }, signal);
    const image = readDocument(inner.bytes);
    if (image.kind === "image") return { manifest: image.manifest, fetched: inner };
    throw new RegistryError("invalid", image.kind === "refused" ? image.message : "the index leads to another index");
  }

  async #checkedSize({ config, layers }: Manifest): Promise<number> {
    const { maxImageBytes = MAX_IMAGE_BYTES } = this.#options;
    const bytes = layers.reduce((sum, { size }) => sum + size, 0);
    if (config.size > MAX_CONFIG_BYTES) throw new RegistryError("invalid", `the image's configuration has ${config.size} bytes: refused`);
    if (bytes > maxImageBytes)
      throw new RegistryError("invalid", `the image has ${bytes} bytes, more than the ${maxImageBytes} that are allowed`);
    return bytes;
  }

  async #layersOf(manifest: Manifest) {
    const bytes = await this.#options.store.blobs.get(manifest.config.digest);
    const reading = readConfig(bytes ?? Buffer.alloc(0), manifest, this.#options.platform);
    if (reading.kind === "refused") throw new RegistryError("invalid", reading.message);
    return reading.layers;
  }

  /** What the store has needs no registry. */
  async #blob(session: Session, blob: Descriptor, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#options;
    if ((await store.blobs.stat(blob.digest)) === blob.size) return;
    const source = blobStream({ session, clock, blob }, signal);
    const result = await store.blobs.ingest(source, { digest: blob.digest, size: blob.size });
    if (result.kind === "ok") return;
    const where = session.describe({ method: "GET", path: `blobs/${blob.digest}` });
    throw new RegistryError(result.kind === "mismatch" ? "invalid" : "unavailable", `${where}: ${result.message}`);
  }

  async #name(reference: ImageReference, { bytes, descriptor }: FetchedManifest, tags: readonly string[]): Promise<void> {
    const { digest } = descriptor;
    const result = await this.#options.store.putManifest({
      repository: repositoryOf(reference),
      bytes,
      mediaType: undefined,
      digest,
      tags,
    });
    if (result.kind === "ok") return;
    const why = result.kind === "blobs-missing" ? `blobs are missing: ${result.digests.join(", ")}` : result.message;
    throw new RegistryError("invalid", `manifest ${digest}: ${why}`);
  }
}

type Outcome<T> = { readonly kind: "ok"; readonly value: T } | { readonly kind: "failed"; readonly message: string };
