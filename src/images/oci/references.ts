import { parseDigest } from "../store/digest.ts";
import { MEDIA_TYPES } from "./manifest.ts";

/** What a registry has to know about a manifest; the rest of its JSON is the clients' business. */
export interface ManifestFacts {
  readonly mediaType: string;
  /** Of a referrer: what kind of thing it is. */
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Digest of the manifest that this one says something about. */
  readonly subject?: string;
  /** Digests of blobs that must be there: config and layers that registries distribute. */
  readonly blobs: readonly string[];
  /** Digests of an index's manifests. */
  readonly manifests: readonly string[];
}

export type ManifestReading =
  | { readonly kind: "ok"; readonly facts: ManifestFacts }
  | { readonly kind: "invalid"; readonly message: string };

const IMAGES: readonly string[] = [MEDIA_TYPES.manifest, MEDIA_TYPES.dockerManifest];
const INDEXES: readonly string[] = [MEDIA_TYPES.index, MEDIA_TYPES.dockerIndex];
/** Layers that are fetched from elsewhere need not be here. */
const NOT_DISTRIBUTED = /nondistributable|\.foreign\./;

type Json = Readonly<Record<string, unknown>>;

/** Reads a manifest of any media type; `contentType` is what the client called it, undefined when it did not say. */
export function readManifest(bytes: Uint8Array, contentType: string | undefined): ManifestReading {
  const json = parseObject(bytes);
  if (json === undefined) return invalid("the manifest is not a JSON object");
  const declared = stringOf(json["mediaType"]);
  const mediaType = contentType ?? declared ?? guess(json);
  if (mediaType === undefined) return invalid("neither a Content-Type header nor a mediaType field says what this manifest is");
  if (declared !== undefined && declared !== mediaType) return invalid(`Content-Type is ${mediaType}, but mediaType is ${declared}`);
  const known = IMAGES.includes(mediaType) ? imageProblem(json) : INDEXES.includes(mediaType) ? indexProblem(json) : undefined;
  return known === undefined ? { kind: "ok", facts: factsOf(json, mediaType) } : invalid(known);
}

function factsOf(json: Json, mediaType: string): ManifestFacts {
  const isImage = IMAGES.includes(mediaType);
  const isIndex = INDEXES.includes(mediaType);
  const config = objectOf(json["config"]);
  const configType = isImage ? stringOf(config?.["mediaType"]) : undefined;
  const artifactType = stringOf(json["artifactType"]) ?? configType;
  const subject = digestOf(json["subject"]);
  const annotations = annotationsOf(json["annotations"]);
  const layers = arrayOf(json["layers"]).filter((layer) => !NOT_DISTRIBUTED.test(stringOf(objectOf(layer)?.["mediaType"]) ?? ""));
  return {
    mediaType,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(subject === undefined ? {} : { subject }),
    blobs: isImage ? digestsOf([config, ...layers]) : [],
    manifests: isIndex ? digestsOf(arrayOf(json["manifests"])) : [],
  };
}

/** A document that could be read as image and as index would mean different things to different clients. */
function imageProblem(json: Json): string | undefined {
  if (json["manifests"] !== undefined) return "an image manifest has no field manifests";
  if (digestOf(json["config"]) === undefined) return "config is not a descriptor";
  if (json["layers"] !== undefined && !Array.isArray(json["layers"])) return "layers is not a list";
  const bad = arrayOf(json["layers"]).findIndex((layer) => digestOf(layer) === undefined);
  return bad < 0 ? subjectProblem(json) : `layers[${bad}] is not a descriptor`;
}

function indexProblem(json: Json): string | undefined {
  if (json["layers"] !== undefined || json["config"] !== undefined) return "an index has no fields config and layers";
  if (json["manifests"] !== undefined && !Array.isArray(json["manifests"])) return "manifests is not a list";
  const bad = arrayOf(json["manifests"]).findIndex((manifest) => digestOf(manifest) === undefined);
  return bad < 0 ? subjectProblem(json) : `manifests[${bad}] is not a descriptor`;
}

function subjectProblem(json: Json): string | undefined {
  return json["subject"] === undefined || json["subject"] === null || digestOf(json["subject"]) !== undefined
    ? undefined
    : "subject is not a descriptor";
}

function guess(json: Json): string | undefined {
  if (json["manifests"] !== undefined) return MEDIA_TYPES.index;
  return json["config"] === undefined ? undefined : MEDIA_TYPES.manifest;
}

/** Every digest that a document mentions anywhere: what a garbage collector must spare, whatever the document's type. */
export function mentionedDigests(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString("latin1");
  return [...new Set(Array.from(text.matchAll(/sha(?:256|512):[0-9a-f]{64,128}/g), ([digest]) => digest))];
}

function invalid(message: string): ManifestReading {
  return { kind: "invalid", message };
}

function parseObject(bytes: Uint8Array): Json | undefined {
  try {
    return objectOf(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function digestOf(descriptor: unknown): string | undefined {
  const digest = stringOf(objectOf(descriptor)?.["digest"]);
  return digest !== undefined && parseDigest(digest) !== undefined ? digest : undefined;
}

function digestsOf(descriptors: readonly unknown[]): string[] {
  return [...new Set(descriptors.map(digestOf).filter((digest) => digest !== undefined))];
}

function annotationsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(objectOf(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
