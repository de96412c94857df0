import { MEDIA_TYPES, sha256Digest, type Descriptor } from "../oci/manifest.ts";
import type { ImageReference } from "../reference.ts";
import { digestOf, parseDigest } from "../store/digest.ts";
import { RegistryError, type HttpResponse } from "./http.ts";
import type { RegistryCall, Session } from "./session.ts";
import { isHtml, readAtMost, wordsOf } from "./words.ts";

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const ACCEPT = [MEDIA_TYPES.index, MEDIA_TYPES.manifest, MEDIA_TYPES.dockerIndex, MEDIA_TYPES.dockerManifest].join(", ");
const SCHEMA_1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;

export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** What a reference means now, by HEAD; by GET where a registry does not say it otherwise. Throws RegistryError. */
export async function resolveManifest(session: Session, reference: ImageReference, signal: AbortSignal): Promise<Descriptor> {
  const call: RegistryCall = { method: "HEAD", path: pathOf(reference), headers: { accept: ACCEPT } };
  const response = await session.send(call, signal);
  response.discard();
  const digest = response.header("docker-content-digest") ?? "";
  const size = Number(response.header("content-length") ?? Number.NaN);
  const isUsable = response.status === 200 && parseDigest(digest) !== undefined && Number.isSafeInteger(size);
  // An answer to HEAD has no words: those of GET are what people need.
  if (!isUsable || isHtml(response)) return (await fetchManifest(session, reference, signal)).descriptor;
  if (reference.digest !== undefined && digest !== reference.digest) throw wrongDigest(session.describe(call), reference.digest, digest);
  return { mediaType: mediaTypeOf(response), digest, size };
}

/** A manifest, checked against the digest that it was asked for by, or that the registry states. Throws RegistryError. */
export async function fetchManifest(session: Session, reference: ImageReference, signal: AbortSignal): Promise<FetchedManifest> {
  const call: RegistryCall = { method: "GET", path: pathOf(reference), headers: { accept: ACCEPT } };
  const response = await session.call(call, signal);
  const where = session.describe(call);
  if (isHtml(response)) throw new RegistryError("unavailable", `${where}: ${await wordsOf(response)}`);
  const bytes = await readAtMost(response, MAX_MANIFEST_BYTES).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new RegistryError("unavailable", `${where}: the answer broke off`, { cause: error });
  });
  if (bytes === undefined) throw new RegistryError("invalid", `${where}: the manifest is longer than ${MAX_MANIFEST_BYTES} bytes`);
  const mediaType = mediaTypeOf(response);
  if (SCHEMA_1.test(mediaType)) {
    const why = "the image has a manifest of schema 1, which registries gave up years ago; push it again with a current tool";
    throw new RegistryError("invalid", `${where}: ${why}`);
  }
  const wanted = reference.digest ?? response.header("docker-content-digest");
  const algorithm = wanted === undefined ? undefined : parseDigest(wanted)?.algorithm;
  const actual = digestOf(bytes, algorithm);
  if (algorithm !== undefined && actual !== wanted) throw wrongDigest(where, wanted ?? "", actual);
  return { descriptor: { mediaType, digest: algorithm === undefined ? sha256Digest(bytes) : actual, size: bytes.length }, bytes };
}

function pathOf({ digest, tag = "latest" }: ImageReference): string {
  return `manifests/${digest ?? tag}`;
}

function mediaTypeOf(response: HttpResponse): string {
  return (response.header("content-type") ?? "").split(";")[0]?.trim() ?? "";
}

function wrongDigest(where: string, wanted: string, actual: string): RegistryError {
  return new RegistryError("invalid", `${where}: expected ${wanted}, but the content has ${actual}`);
}
