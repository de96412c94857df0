import { REPOSITORY_NAME, STABLE_REGISTRY } from "../reference.ts";

/** What an address means. `repository` is the name in the address; our store adds the stable registry (`storeName`). */
export type Route =
  | { readonly kind: "base" }
  | { readonly kind: "catalog" }
  | { readonly kind: "tags"; readonly repository: string }
  | { readonly kind: "manifest"; readonly repository: string; readonly reference: string }
  | { readonly kind: "blob"; readonly repository: string; readonly digest: string }
  | { readonly kind: "uploads"; readonly repository: string }
  | { readonly kind: "upload"; readonly repository: string; readonly id: string }
  | { readonly kind: "referrers"; readonly repository: string; readonly digest: string }
  | { readonly kind: "bad-name"; readonly name: string }
  | { readonly kind: "none" };

/** Names of files keep this many bytes, and a repository's folder is its encoded name. */
const MAX_ENCODED_NAME = 255;

/** The last parts of an address say what it is; what is before them is the repository's name. */
const FORMS: readonly [RegExp, (repository: string, last: string) => Route][] = [
  [/^(.+)\/blobs\/uploads\/?()$/, (repository) => ({ kind: "uploads", repository })],
  [/^(.+)\/blobs\/uploads\/([^/]+)$/, (repository, id) => ({ kind: "upload", repository, id })],
  [/^(.+)\/blobs\/([^/]+)$/, (repository, digest) => ({ kind: "blob", repository, digest })],
  [/^(.+)\/manifests\/([^/]+)$/, (repository, reference) => ({ kind: "manifest", repository, reference })],
  [/^(.+)\/tags\/list()$/, (repository) => ({ kind: "tags", repository })],
  [/^(.+)\/referrers\/([^/]+)$/, (repository, digest) => ({ kind: "referrers", repository, digest })],
];

/** Reads the path of a request as it was sent: dots are not resolved, so that no name can mean another. */
export function routeOf(path: string): Route {
  const decoded = decode(path);
  if (decoded === "/v2" || decoded === "/v2/") return { kind: "base" };
  if (decoded === "/v2/_catalog") return { kind: "catalog" };
  if (decoded === undefined || !decoded.startsWith("/v2/")) return { kind: "none" };
  for (const [form, make] of FORMS) {
    const [, name, last] = form.exec(decoded.slice("/v2/".length)) ?? [];
    if (name === undefined || last === undefined) continue;
    return isRepositoryName(name) ? make(name, last) : { kind: "bad-name", name };
  }
  return { kind: "none" };
}

/** True for names that the specification allows and that our disk can hold. */
export function isRepositoryName(name: string): boolean {
  return name.length <= MAX_ENCODED_NAME && REPOSITORY_NAME.test(name) && encodeURIComponent(storeName(name)).length <= MAX_ENCODED_NAME;
}

/** The repository's name in the store, the same whatever port the registry listens on. */
export function storeName(repository: string): string {
  return `${STABLE_REGISTRY}/${repository}`;
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
