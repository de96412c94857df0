import type { Clock } from "../../../std/clock.ts";
import { ContentStore } from "../../../images/content-store.ts";
import { nodeDisk } from "../../../images/node-disk.ts";
import { readDocument } from "../../../images/oci/image.ts";
import { MEDIA_TYPES, type ConfigBlob, type Descriptor, type Manifest, type Platform } from "../../../images/oci/manifest.ts";
import { choosePlatform } from "../../../images/oci/platform.ts";
import type { DockerConfig } from "../../../images/pull/docker-config.ts";
import type { Http } from "../../../images/pull/http.ts";
import { RegistryPuller } from "../../../images/pull/puller.ts";
import type { Registries } from "../../../images/pull/registries.ts";
import { parseReference } from "../../../images/reference.ts";
import type { Outcome } from "../contract.ts";
import type { BlobCache } from "./blob-cache.ts";
import type { BaseParts } from "./documents.ts";

export interface BaseImages {
  readonly http: Http;
  readonly clock: Clock;
  readonly registries: Registries;
  readonly dockerConfig?: DockerConfig;
}

export interface PulledBase extends BaseParts {
  readonly reference: string;
  /** Of what the reference led to. */
  readonly digest: string;
}

export interface BaseRequest {
  readonly reference: string;
  readonly platform: Platform;
  /** Where what is pulled is kept. */
  readonly folder: string;
}

/** Brings the image below ours into the cache. */
export async function pullBase(
  images: BaseImages,
  { reference, platform, folder }: BaseRequest,
  cache: BlobCache,
  signal: AbortSignal,
): Promise<Outcome<PulledBase>> {
  const parsed = parseReference(reference);
  if (parsed.kind === "invalid") return { kind: "refused", message: parsed.message };
  const store = new ContentStore({ disk: nodeDisk(), folder, ownPorts: [], clock: images.clock });
  const puller = new RegistryPuller({ ...images, store, platform });
  const request = { reference: parsed.reference, secrets: [], onLayer: () => Promise.resolve() };
  const pulled = await puller.pull(request, signal);
  if (pulled.kind === "failed") return { kind: "refused", message: `failed to pull the base image ${reference}: ${pulled.message}` };
  const { manifest, config } = await readParts(store, pulled.descriptor.digest, platform);
  for (const layer of manifest.layers) await copyBlob(store, cache, layer.digest, layer.size);
  const layers = manifest.layers.map((layer) => ({ ...layer, mediaType: ociLayerType(layer.mediaType) }));
  return { kind: "ok", value: { reference, digest: pulled.descriptor.digest, config, layers } };
}

async function readParts(store: ContentStore, digest: string, platform: Platform): Promise<{ manifest: Manifest; config: ConfigBlob }> {
  const document = readDocument((await store.getBlob(digest)) ?? Buffer.alloc(0));
  if (document.kind === "refused") throw new Error(document.message);
  if (document.kind === "index") return readParts(store, choosePlatform(document.manifests, platform)?.digest ?? "", platform);
  const config = await store.getBlob(document.manifest.config.digest);
  return { manifest: document.manifest, config: JSON.parse(Buffer.from(config ?? []).toString("utf8")) as ConfigBlob };
}

async function copyBlob(store: ContentStore, cache: BlobCache, digest: string, size: number): Promise<void> {
  if (await cache.has(digest, size)) return;
  const source = await store.blobs.open(digest);
  if (source === undefined) throw new Error(`${digest} is not in the store of base images`);
  await cache.fill(digest, source);
}

/** Docker's names for what is the same. */
function ociLayerType(mediaType: Descriptor["mediaType"]): string {
  return mediaType === "application/vnd.docker.image.rootfs.diff.tar.gzip" ? MEDIA_TYPES.layer : mediaType;
}
