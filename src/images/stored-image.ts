import type { ImageConfig } from "../api/ports/images.ts";
import { readConfig, readDocument } from "./oci/image.ts";
import type { LayerRef } from "./oci/layer-store.ts";
import type { Platform } from "./oci/manifest.ts";
import { choosePlatform, platformName, platformsOf } from "./oci/platform.ts";
import type { BlobStore } from "./store/contract.ts";

export type StoredImage =
  | { readonly kind: "ok"; readonly config: ImageConfig; readonly layers: readonly LayerRef[] }
  /** A blob is not in the store, or damaged. */
  | { readonly kind: "missing"; readonly digest: string }
  | { readonly kind: "refused"; readonly message: string };

/** Reads manifest and configuration of an image from the store; of an index, those for the platform. */
export async function readStoredImage(blobs: Pick<BlobStore, "get">, digest: string, platform: Platform): Promise<StoredImage> {
  const bytes = await blobs.get(digest);
  if (bytes === undefined) return { kind: "missing", digest };
  const document = readDocument(bytes);
  if (document.kind === "refused") return document;
  if (document.kind === "index") {
    const chosen = choosePlatform(document.manifests, platform);
    if (chosen === undefined)
      return {
        kind: "refused",
        message: `no image for ${platformName(platform)} in the index, which has: ${platformsOf(document.manifests)}`,
      };
    const inner = await readStoredImage({ get: (wanted) => blobs.get(wanted) }, chosen.digest, platform);
    return inner;
  }
  const config = await blobs.get(document.manifest.config.digest);
  if (config === undefined) return { kind: "missing", digest: document.manifest.config.digest };
  const reading = readConfig(config, document.manifest, platform);
  return reading.kind === "ok" ? { kind: "ok", config: runConfig(reading.config.config), layers: reading.layers } : reading;
}

type BlobConfig = NonNullable<Extract<ReturnType<typeof readConfig>, { kind: "ok" }>["config"]["config"]>;

function runConfig(config: BlobConfig | undefined): ImageConfig {
  return {
    entrypoint: config?.Entrypoint ?? [],
    cmd: config?.Cmd ?? [],
    env: config?.Env ?? [],
    workingDir: config?.WorkingDir ?? "",
    user: config?.User ?? "",
    labels: config?.Labels ?? {},
  };
}
