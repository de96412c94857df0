import type { ContentStore } from "../content-store.ts";
import { STABLE_REGISTRY } from "../reference.ts";

const NAME = "[a-z0-9]+(?:[._/-]+[a-z0-9]+)*";
const MANIFEST = new RegExp(`^/v2/(${NAME})/manifests/([A-Za-z0-9_.:-]+)$`);
const BLOB = new RegExp(`^/v2/(${NAME})/blobs/(sha256:[0-9a-f]{64})$`);
const TAGS = new RegExp(`^/v2/(${NAME})/tags/list$`);

/** Error codes of the OCI distribution specification that this server gives. */
const ERRORS = {
  NAME_UNKNOWN: [404, "repository name not known to registry"],
  MANIFEST_UNKNOWN: [404, "manifest unknown to registry"],
  BLOB_UNKNOWN: [404, "blob unknown to registry"],
  UNSUPPORTED: [405, "this registry is read-only in this version"],
} as const;

/**
 * The pull half of the OCI distribution specification over the content store: `/v2/`, manifests, blobs, tags. Pushing
 * answers UNSUPPORTED.
 */
export function distributionHandler(store: ContentStore): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/v2/" || pathname === "/v2") return new Response("{}", { headers: { "content-type": "application/json" } });
    if (request.method !== "GET" && request.method !== "HEAD") return failure("UNSUPPORTED");
    const answer = await find(store, pathname);
    return request.method === "HEAD" ? new Response(null, { status: answer.status, headers: answer.headers }) : answer;
  };
}

async function find(store: ContentStore, pathname: string): Promise<Response> {
  const manifest = MANIFEST.exec(pathname);
  if (manifest !== null) return getManifest(store, manifest[1] ?? "", manifest[2] ?? "");
  const blob = BLOB.exec(pathname);
  if (blob !== null) return getBlob(store, blob[2] ?? "");
  const tags = TAGS.exec(pathname);
  if (tags !== null) return listTags(store, tags[1] ?? "");
  return failure("NAME_UNKNOWN");
}

async function getManifest(store: ContentStore, repository: string, reference: string): Promise<Response> {
  const which = reference.startsWith("sha256:") ? { digest: reference } : { tag: reference };
  const descriptor = await store.resolve({ registry: STABLE_REGISTRY, repository, ...which });
  const bytes = descriptor === undefined ? undefined : await store.getBlob(descriptor.digest);
  if (descriptor === undefined || bytes === undefined) return failure("MANIFEST_UNKNOWN");
  return content(bytes, descriptor.mediaType, descriptor.digest);
}

async function getBlob(store: ContentStore, digest: string): Promise<Response> {
  const bytes = await store.getBlob(digest);
  return bytes === undefined ? failure("BLOB_UNKNOWN") : content(bytes, "application/octet-stream", digest);
}

async function listTags(store: ContentStore, repository: string): Promise<Response> {
  const tags = await store.tags(STABLE_REGISTRY, repository);
  return tags.length === 0 ? failure("NAME_UNKNOWN") : Response.json({ name: repository, tags });
}

function content(bytes: Uint8Array, mediaType: string, digest: string): Response {
  return new Response(Buffer.from(bytes), {
    headers: { "content-type": mediaType, "content-length": String(bytes.length), "docker-content-digest": digest, etag: `"${digest}"` },
  });
}

function failure(code: keyof typeof ERRORS): Response {
  const [status, message] = ERRORS[code];
  return Response.json({ errors: [{ code, message }] }, { status });
}
