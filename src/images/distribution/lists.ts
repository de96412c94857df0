import { MEDIA_TYPES } from "../oci/manifest.ts";
import { STABLE_REGISTRY } from "../reference.ts";
import { parseDigest } from "../store/digest.ts";
import { compareTags, type ManifestRecord } from "../store/repositories.ts";
import { failure } from "./errors.ts";
import { json, type RegistryRequest, type RegistryResponse } from "./message.ts";
import { nextLink, pageOf } from "./paging.ts";
import type { Registry } from "./registry.ts";
import { storeName } from "./routes.ts";

/** More than an index without manifests takes. */
const ENVELOPE_BYTES = 200;

/** `GET /v2/_catalog`: the repositories of the registry itself, not what was pulled from others. */
export async function listCatalog(registry: Registry, request: RegistryRequest): Promise<RegistryResponse> {
  const prefix = `${STABLE_REGISTRY}/`;
  const all = (await registry.store.repositories.list()).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const page = pageOf(all, request.query, (a, b) => (a < b ? -1 : Number(a > b)));
  if (page === undefined) return badNumber();
  return json({ repositories: page.names }, nextLink("/v2/_catalog", page));
}

export async function listTags(registry: Registry, request: RegistryRequest, repository: string): Promise<RegistryResponse> {
  const tags = await registry.store.repositories.tags(storeName(repository));
  if (tags.length === 0 && !(await registry.store.repositories.exists(storeName(repository)))) {
    return failure("NAME_UNKNOWN", { detail: { name: repository } });
  }
  const page = pageOf(tags, request.query, compareTags);
  if (page === undefined) return badNumber();
  return json({ name: repository, tags: page.names }, nextLink(`/v2/${repository}/tags/list`, page));
}

/** Manifests that say something about another one. An unknown digest has no referrers, which is no error. */
export async function listReferrers(
  registry: Registry,
  request: RegistryRequest,
  { repository, digest }: { readonly repository: string; readonly digest: string },
): Promise<RegistryResponse> {
  if (parseDigest(digest) === undefined) return failure("DIGEST_INVALID", { message: `${digest} is not a digest` });
  const records = await registry.store.repositories.referrers(storeName(repository), digest);
  const artifactType = request.query.get("artifactType");
  const last = request.query.get("last") ?? "";
  const wanted = records
    .filter((record) => (artifactType === null || record.artifactType === artifactType) && record.digest > last)
    .toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  const fitting = fittingDescriptors(wanted, registry.maxManifestBytes);
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: fitting };
  const type = artifactType === null ? "" : `&artifactType=${encodeURIComponent(artifactType)}`;
  const isMore = fitting.length < wanted.length;
  return json(index, {
    "content-type": MEDIA_TYPES.index,
    ...(artifactType === null ? {} : { "oci-filters-applied": "artifactType" }),
    ...nextLink(request.path, { names: [], next: isMore ? `last=${fitting.at(-1)?.digest ?? ""}${type}` : undefined }),
  });
}

/** As many as an index of `maxBytes` holds, which is what clients read at most; at least one. */
function fittingDescriptors(records: readonly ManifestRecord[], maxBytes: number): readonly ReturnType<typeof descriptorOf>[] {
  let bytes = ENVELOPE_BYTES;
  const fitting: ReturnType<typeof descriptorOf>[] = [];
  for (const descriptor of records.map(descriptorOf)) {
    bytes += Buffer.byteLength(JSON.stringify(descriptor)) + 1;
    if (bytes > maxBytes && fitting.length > 0) break;
    fitting.push(descriptor);
  }
  return fitting;
}

function descriptorOf({ subject: _, ...descriptor }: ManifestRecord): Omit<ManifestRecord, "subject"> {
  return descriptor;
}

function badNumber(): RegistryResponse {
  return failure("UNSUPPORTED", { status: 400, message: "n must be a whole number" });
}
