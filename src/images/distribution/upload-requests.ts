import { parseDigest } from "../store/digest.ts";
import { failure } from "./errors.ts";
import { empty, type RegistryRequest, type RegistryResponse } from "./message.ts";
import { readChunkRange } from "./ranges.ts";
import type { Registry } from "./registry.ts";
import { isRepositoryName, storeName } from "./routes.ts";
import type { Chunk, UploadResult } from "./uploads.ts";

export interface UploadRoute {
  readonly repository: string;
  readonly id: string;
}

/** `POST`: mounts a blob of another repository, takes a whole blob, or begins an upload. */
export async function postUpload(
  registry: Registry,
  request: RegistryRequest,
  { repository }: { readonly repository: string },
): Promise<RegistryResponse> {
  const mount = request.query.get("mount");
  if (mount !== null && (await mounted(registry, repository, { digest: mount, from: request.query.get("from") }))) {
    return blobCreated(repository, mount);
  }
  const digest = request.query.get("digest");
  if (digest !== null) return postWhole(registry, request, { repository, digest });
  const id = await registry.uploads.begin(repository);
  if (id === undefined) return failure("TOOMANYREQUESTS", { message: "too many uploads are not finished; finish or cancel some" });
  return progress({ repository, id }, 0, 202);
}

export async function getUpload(registry: Registry, _request: RegistryRequest, route: UploadRoute): Promise<RegistryResponse> {
  const size = await registry.uploads.size(route.repository, route.id);
  return size === undefined ? failure("BLOB_UPLOAD_UNKNOWN") : progress(route, size, 204);
}

export async function patchUpload(registry: Registry, request: RegistryRequest, route: UploadRoute): Promise<RegistryResponse> {
  const chunk = chunkOf(request);
  if ("status" in chunk) return chunk;
  return answer(route, await registry.uploads.append(route.repository, route.id, chunk));
}

/** `PUT`: the last chunk, which may be empty or the whole blob. */
export async function putUpload(registry: Registry, request: RegistryRequest, route: UploadRoute): Promise<RegistryResponse> {
  const digest = request.query.get("digest") ?? "";
  if (parseDigest(digest) === undefined) return badDigest(digest);
  const chunk = chunkOf(request);
  if ("status" in chunk) return chunk;
  const result = await registry.uploads.finish(route.repository, route.id, { ...chunk, digest });
  return result.kind === "created" ? blobCreated(route.repository, digest) : answer(route, result);
}

export async function deleteUpload(registry: Registry, _request: RegistryRequest, route: UploadRoute): Promise<RegistryResponse> {
  return (await registry.uploads.cancel(route.repository, route.id)) ? { status: 204, headers: {} } : failure("BLOB_UPLOAD_UNKNOWN");
}

/** The client never learns of a session, so nothing of a failed one stays. */
async function postWhole(
  registry: Registry,
  request: RegistryRequest,
  { repository, digest }: { readonly repository: string; readonly digest: string },
): Promise<RegistryResponse> {
  if (parseDigest(digest) === undefined) return badDigest(digest);
  const id = await registry.uploads.begin(repository);
  if (id === undefined) return failure("TOOMANYREQUESTS", { message: "too many uploads are not finished; finish or cancel some" });
  try {
    const chunk = { start: 0, length: lengthOf(request), body: request.body };
    const result = await registry.uploads.finish(repository, id, { ...chunk, digest });
    return result.kind === "created" ? blobCreated(repository, digest) : answer({ repository, id }, result);
  } finally {
    await registry.uploads.cancel(repository, id);
  }
}

/** True when the blob is in the repository `from`, or anywhere when that is not said, and now in this one too. */
function mounted(
  { store }: Registry,
  repository: string,
  { digest, from }: { readonly digest: string; readonly from: string | null },
): Promise<boolean> {
  if (parseDigest(digest) === undefined || (from !== null && !isRepositoryName(from))) return Promise.resolve(false);
  return store.blobs.hold([digest], async () => {
    if (from !== null && !(await store.repositories.hasBlob(storeName(from), digest))) return false;
    if ((await store.blobs.stat(digest)) === undefined) return false;
    await store.repositories.linkBlob(storeName(repository), digest);
    return true;
  });
}

function chunkOf(request: RegistryRequest): Chunk | RegistryResponse {
  const length = lengthOf(request);
  const header = request.header("content-range");
  if (header === undefined) return { start: undefined, length, body: request.body };
  const range = readChunkRange(header);
  if (range === undefined) return failure("BLOB_UPLOAD_INVALID", { message: `Content-Range ${JSON.stringify(header)} is not first-last` });
  const announced = range.end - range.start + 1;
  if (length !== undefined && length !== announced) {
    return failure("SIZE_INVALID", { message: `Content-Range has ${announced} bytes, Content-Length ${length}` });
  }
  return { start: range.start, length: announced, body: request.body };
}

function lengthOf(request: RegistryRequest): number | undefined {
  const header = request.header("content-length");
  return header === undefined ? undefined : Number(header);
}

function answer(route: UploadRoute, result: UploadResult): RegistryResponse {
  switch (result.kind) {
    case "ok":
      return progress(route, result.size, 202);
    case "created":
    case "cancelled":
      return empty(204);
    case "unknown":
      return failure("BLOB_UPLOAD_UNKNOWN");
    case "out-of-order":
      return failure("BLOB_UPLOAD_INVALID", {
        status: 416,
        message: `the next chunk begins at ${result.size}`,
        headers: progress(route, result.size, 416).headers,
      });
    case "size-mismatch":
      return failure("SIZE_INVALID", { message: result.message });
    case "digest-mismatch":
      return failure("DIGEST_INVALID", { message: `provided digest did not match uploaded content: ${result.message}` });
    case "too-large":
      return failure("SIZE_INVALID", { status: 413, message: result.message });
    case "disk-full":
      return failure("DISK_FULL");
    case "superseded":
      return failure("BLOB_UPLOAD_INVALID", { status: 409, message: "a newer request works on this upload" });
  }
}

/** Where the upload goes on. The last byte's position of an empty upload is said as 0, as all registries do. */
function progress({ repository, id }: UploadRoute, size: number, status: number): RegistryResponse {
  const headers = {
    location: `/v2/${repository}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, size - 1)}`,
    "docker-upload-uuid": id,
  };
  return status === 202 ? empty(status, headers) : { status, headers };
}

function blobCreated(repository: string, digest: string): RegistryResponse {
  return empty(201, { location: `/v2/${repository}/blobs/${digest}`, "docker-content-digest": digest });
}

function badDigest(digest: string): RegistryResponse {
  return failure("DIGEST_INVALID", { message: `${JSON.stringify(digest)} is not a digest` });
}
