import { IMAGE_RUNTIME_LABEL } from "../../api/names/kinetic.ts";
import { parseDigest } from "../store/digest.ts";
import type { LayerRef } from "./layer-store.ts";
import { MEDIA_TYPES, type ConfigBlob, type Descriptor, type Manifest, type Platform } from "./manifest.ts";
import { platformName } from "./platform.ts";

/** A document that a reference may lead to. `message` of `refused` is for people. */
export type ImageDocument =
  | { readonly kind: "image"; readonly manifest: Manifest }
  | { readonly kind: "index"; readonly manifests: readonly Descriptor[] }
  | { readonly kind: "refused"; readonly message: string };

export type ImageConfigReading =
  | { readonly kind: "ok"; readonly config: ConfigBlob; readonly layers: readonly LayerRef[] }
  | { readonly kind: "refused"; readonly message: string };

const LAYER_TYPE = /[./]tar(\+gzip|\+zstd|\.gzip|\.zstd)?$/;
const SCHEMA_1 = "the image has a manifest of schema 1, which registries gave up years ago; push it again with a current tool";

/** Reads an image manifest or an index, of OCI or Docker. */
export function readDocument(bytes: Uint8Array): ImageDocument {
  const json = parseJson(bytes);
  if (json === undefined) return refused("the manifest is not JSON");
  const mediaType = json.mediaType ?? "";
  if (json.schemaVersion === 1) return refused(SCHEMA_1);
  if (json.schemaVersion !== 2) return refused(`the manifest has schema version ${JSON.stringify(json.schemaVersion)}, expected 2`);
  if (json.manifests !== undefined && json.layers === undefined && json.config === undefined) return indexOf(json.manifests);
  return imageOf(json, mediaType);
}

interface Json extends Partial<Record<"schemaVersion" | "config" | "layers" | "manifests", unknown>> {
  readonly mediaType?: string;
}

function imageOf(json: Json, mediaType: string): ImageDocument {
  if (json.manifests !== undefined) return refused("the manifest is an image and an index at once");
  if (mediaType !== "" && mediaType !== MEDIA_TYPES.manifest && mediaType !== MEDIA_TYPES.dockerManifest)
    return refused(`the manifest has the media type ${mediaType}, which is no image`);
  const { config, layers } = json;
  if (!isDescriptor(config)) return refused("the manifest has no valid config");
  if (!Array.isArray(layers) || !layers.every(isDescriptor)) return refused("the manifest has no valid list of layers");
  if (layers.length === 0) return refused("the image has no layers");
  const strange = layers.find((layer) => !LAYER_TYPE.test(layer.mediaType));
  if (strange !== undefined) return refused(`a layer has the media type ${strange.mediaType}, which cannot be unpacked`);
  return { kind: "image", manifest: { schemaVersion: 2, mediaType: mediaType || MEDIA_TYPES.manifest, config, layers } };
}

function indexOf(manifests: unknown): ImageDocument {
  if (!Array.isArray(manifests) || !manifests.every(isDescriptor)) return refused("the index has no valid list of manifests");
  return { kind: "index", manifests };
}

/** Reads the configuration of an image; `platform` is the machine's. */
export function readConfig(bytes: Uint8Array, manifest: Manifest, platform: Platform): ImageConfigReading {
  const config = parseJson(bytes) as ConfigBlob | undefined;
  const diffIds: unknown = config?.rootfs?.diff_ids;
  if (config === undefined || !Array.isArray(diffIds) || !diffIds.every(isDigest))
    return refused(`it is not a container image: its configuration (${manifest.config.mediaType}) lists no layers`);
  if (diffIds.length !== manifest.layers.length)
    return refused(`the manifest lists ${manifest.layers.length} layers and its configuration ${diffIds.length}`);
  const problem = platformProblem(config, platform);
  if (problem !== undefined) return refused(problem);
  return { kind: "ok", config, layers: manifest.layers.map(({ digest }, index) => ({ digest, diffId: diffIds[index] as string })) };
}

/** A program for a language runtime of ours runs on any CPU. */
function platformProblem({ os, architecture, config }: ConfigBlob, platform: Platform): string | undefined {
  if (config?.Labels?.[IMAGE_RUNTIME_LABEL] !== undefined) return undefined;
  const isOther = (has: string | undefined, wanted: string) => has !== undefined && has !== "" && has !== wanted;
  if (!isOther(os, platform.os) && !isOther(architecture, platform.architecture)) return undefined;
  return `the image is for ${os}/${architecture}, this machine runs ${platformName(platform)}`;
}

function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size }: Partial<Descriptor> = (typeof value === "object" ? value : undefined) ?? {};
  return typeof mediaType === "string" && isDigest(digest) && typeof size === "number" && Number.isSafeInteger(size) && size >= 0;
}

function isDigest(value: unknown): value is string {
  return typeof value === "string" && parseDigest(value) !== undefined;
}

function parseJson(bytes: Uint8Array): Json | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof json === "object" && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}

function refused(message: string): { readonly kind: "refused"; readonly message: string } {
  return { kind: "refused", message };
}
