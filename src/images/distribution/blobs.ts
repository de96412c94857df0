import { parseDigest } from "../store/digest.ts";
import { failure } from "./errors.ts";
import { empty, type RegistryRequest, type RegistryResponse } from "./message.ts";
import { readRange } from "./ranges.ts";
import type { Registry } from "./registry.ts";
import { storeName } from "./routes.ts";

export interface BlobRoute {
  readonly repository: string;
  readonly digest: string;
}

export async function getBlob(registry: Registry, request: RegistryRequest, route: BlobRoute): Promise<RegistryResponse> {
  const { digest } = route;
  const size = await find(registry, request, route);
  if (size === "bad-digest") return badDigest(digest);
  if (size === undefined) return unknown(digest);
  const headers = { "docker-content-digest": digest, etag: `"${digest}"`, "accept-ranges": "bytes" };
  if (request.header("if-none-match") === headers.etag) return { status: 304, headers };
  const ifRange = request.header("if-range");
  const wanted = readRange(ifRange === undefined || ifRange === headers.etag ? request.header("range") : undefined, size);
  if (wanted.kind === "unsatisfiable") {
    return failure("SIZE_INVALID", { status: 416, message: `the blob has ${size} bytes`, headers: { "content-range": `bytes */${size}` } });
  }
  const range = wanted.kind === "whole" ? { start: 0, end: size - 1 } : wanted.range;
  const body = await registry.store.blobs.open(digest, range);
  if (body === undefined) return unknown(digest);
  const partial = wanted.kind === "whole" ? {} : { "content-range": `bytes ${range.start}-${range.end}/${size}` };
  const length = { "content-length": String(range.end - range.start + 1), "content-type": "application/octet-stream" };
  return { status: wanted.kind === "whole" ? 200 : 206, headers: { ...headers, ...length, ...partial }, body };
}

/** Takes a blob out of the repository; its bytes go with the next collection of garbage, unless others name them. */
export async function deleteBlob(registry: Registry, _request: RegistryRequest, route: BlobRoute): Promise<RegistryResponse> {
  const { repository, digest } = route;
  if (parseDigest(digest) === undefined) return badDigest(digest);
  return (await registry.store.repositories.unlinkBlob(storeName(repository), digest)) ? empty(202) : unknown(digest);
}

/** Size in bytes; undefined when the repository has no such blob. */
async function find(
  { store }: Registry,
  request: RegistryRequest,
  { repository, digest }: BlobRoute,
): Promise<number | undefined | "bad-digest"> {
  if (parseDigest(digest) === undefined) return "bad-digest";
  if (!(await store.repositories.hasBlob(storeName(repository), digest))) return undefined;
  // Who asks whether a blob is here is about to refer to it: it must not be swept as old.
  return request.method === "HEAD" ? store.blobs.hold([digest], () => store.blobs.stat(digest)) : store.blobs.stat(digest);
}

function unknown(digest: string): RegistryResponse {
  return failure("BLOB_UNKNOWN", { detail: { digest } });
}

function badDigest(digest: string): RegistryResponse {
  return failure("DIGEST_INVALID", { message: `${JSON.stringify(digest)} is not a digest` });
}
