import type { PutManifestResult } from "../content-store.ts";
import { TAG } from "../reference.ts";
import { parseDigest } from "../store/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { failure } from "./errors.ts";
import { empty, type RegistryRequest, type RegistryResponse } from "./message.ts";
import type { Registry } from "./registry.ts";
import { storeName } from "./routes.ts";

export interface ManifestRoute {
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

/** The manifest as it was pushed, whatever `Accept` says: its type is in `Content-Type`. */
export async function getManifest(registry: Registry, request: RegistryRequest, route: ManifestRoute): Promise<RegistryResponse> {
  const descriptor = await find(registry, route);
  const bytes = descriptor === undefined ? undefined : await registry.store.blobs.get(descriptor.digest, registry.maxManifestBytes);
  if (descriptor === undefined || bytes === undefined) return unknown(registry, route);
  const { digest, mediaType } = descriptor;
  const headers = { "docker-content-digest": digest, etag: `"${digest}"` };
  if (request.header("if-none-match") === headers.etag) return { status: 304, headers };
  return { status: 200, headers: { ...headers, "content-type": mediaType, "content-length": String(bytes.length) }, body: bytes };
}

export async function putManifest(registry: Registry, request: RegistryRequest, route: ManifestRoute): Promise<RegistryResponse> {
  const { repository, reference } = route;
  const isDigest = reference.includes(":");
  if (isDigest && parseDigest(reference) === undefined) return failure("DIGEST_INVALID", { message: `${reference} is not a digest` });
  const tags = isDigest ? request.query.getAll("tag") : [reference];
  const badTag = tags.find((tag) => !TAG.test(tag));
  if (badTag !== undefined) return failure("MANIFEST_INVALID", { message: `${JSON.stringify(badTag)} is not a tag` });
  const bytes = await readBody(request, registry.maxManifestBytes);
  if (bytes === undefined) return tooLarge(registry.maxManifestBytes);
  const result = await registry.store.putManifest({
    repository: storeName(repository),
    bytes,
    mediaType: mediaTypeOf(request),
    ...(isDigest ? { digest: reference } : {}),
    tags,
  });
  return result.kind === "ok" ? created(route, result, isDigest ? tags : []) : refusal(result);
}

export async function deleteManifest(registry: Registry, _request: RegistryRequest, route: ManifestRoute): Promise<RegistryResponse> {
  const { repository, reference } = route;
  const name = storeName(repository);
  const isDeleted = reference.includes(":")
    ? parseDigest(reference) !== undefined && (await registry.store.repositories.deleteManifest(name, reference))
    : TAG.test(reference) && (await registry.store.repositories.deleteTag(name, reference));
  return isDeleted ? empty(202) : unknown(registry, route);
}

async function find(registry: Registry, { repository, reference }: ManifestRoute): Promise<Descriptor | undefined> {
  const { repositories } = registry.store;
  if (parseDigest(reference) !== undefined) return repositories.manifest(storeName(repository), reference);
  return TAG.test(reference) ? repositories.tag(storeName(repository), reference) : undefined;
}

async function unknown(registry: Registry, { repository, reference }: ManifestRoute): Promise<RegistryResponse> {
  const isKnown = await registry.store.repositories.exists(storeName(repository));
  if (!isKnown) return failure("NAME_UNKNOWN", { detail: { name: repository } });
  return failure("MANIFEST_UNKNOWN", { detail: { name: repository, reference } });
}

function created(
  { repository }: ManifestRoute,
  { digest, facts }: PutManifestResult & { kind: "ok" },
  tags: readonly string[],
): RegistryResponse {
  return empty(201, {
    location: `/v2/${repository}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(facts.subject === undefined ? {} : { "oci-subject": facts.subject }),
    ...(tags.length === 0 ? {} : { "oci-tag": tags }),
  });
}

function refusal(result: Exclude<PutManifestResult, { kind: "ok" }>): RegistryResponse {
  switch (result.kind) {
    case "invalid":
      return failure("MANIFEST_INVALID", { message: result.message });
    case "mismatch":
      return failure("DIGEST_INVALID", { message: result.message });
    case "blobs-missing":
      return failure("MANIFEST_BLOB_UNKNOWN", { detail: result.digests.map((digest) => ({ digest })) });
    case "disk-full":
      return failure("DISK_FULL");
  }
}

function tooLarge(maxBytes: number): RegistryResponse {
  return failure("SIZE_INVALID", { status: 413, message: `a manifest may have ${maxBytes} bytes` });
}

/** Without parameters, which the specification tells registries to ignore. */
function mediaTypeOf(request: RegistryRequest): string | undefined {
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  return type === "" ? undefined : type;
}

/** The whole body, or undefined when it is longer than `maxBytes`. */
async function readBody(request: RegistryRequest, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.header("content-length") ?? 0) > maxBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
