import { parseDigest } from "./store/digest.ts";

/** An image reference in its full form, e.g. `docker.io/library/nginx:latest`. */
export interface ImageReference {
  /** Host with port, e.g. `docker.io`, `localhost:5001`. */
  readonly registry: string;
  readonly repository: string;
  /** Present unless there is only a digest. */
  readonly tag?: string;
  /** `sha256:` and 64 hex digits, or `sha512:` and 128. */
  readonly digest?: string;
}

export type ParsedReference =
  | { readonly kind: "ok"; readonly reference: ImageReference }
  | { readonly kind: "invalid"; readonly message: string };

/** The registry name under which our own images are stored, whatever port the registry listens on. */
export const STABLE_REGISTRY = "kinetic.local";

/** Names under which tools load images without any registry: nobody answers there. */
const LOCAL_REGISTRIES: ReadonlySet<string> = new Set([STABLE_REGISTRY, "kind.local", "ko.local", "dev.local"]);

/** Whether images of this registry are in our own store or nowhere. */
export function isPlatformRegistry(registry: string): boolean {
  return LOCAL_REGISTRIES.has(registry);
}

export const REPOSITORY_NAME = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
export const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const REGISTRY =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const MAX_LENGTH = 255;

/** Parses what people write: no registry means Docker Hub, no tag means `latest`, one-word Hub names are `library/...`. */
export function parseReference(text: string): ParsedReference {
  const invalid = (why: string): ParsedReference => ({ kind: "invalid", message: `couldn't parse image name "${text}": ${why}` });
  if (text.length === 0 || text.length > MAX_LENGTH + 300) return invalid("invalid reference format");
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0 || (digest !== undefined && parseDigest(digest) === undefined)) return invalid("invalid digest format");
  const { registry, rest } = splitRegistry(named);
  const colon = rest.lastIndexOf(":");
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  if (!REGISTRY.test(registry)) return invalid("invalid registry name");
  if (tag !== undefined && !TAG.test(tag)) return invalid("invalid tag format");
  if (path !== path.toLowerCase()) return invalid("repository name must be lowercase");
  const repository = registry === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  if (!REPOSITORY_NAME.test(repository) || repository.length > MAX_LENGTH) return invalid("invalid reference format");
  const finalTag = tag ?? (digest === undefined ? "latest" : undefined);
  const parts = { ...(finalTag === undefined ? {} : { tag: finalTag }), ...(digest === undefined ? {} : { digest }) };
  return { kind: "ok", reference: { registry, repository, ...parts } };
}

/** The first part is a registry if it has a dot or a port, or is `localhost`. */
function splitRegistry(named: string): { registry: string; rest: string } {
  const slash = named.indexOf("/");
  const first = slash < 0 ? "" : named.slice(0, slash);
  const isRegistry = first.includes(".") || first.includes(":") || first === "localhost";
  if (!isRegistry) return { registry: "docker.io", rest: named };
  return { registry: first === "index.docker.io" ? "docker.io" : first, rest: named.slice(slash + 1) };
}

/** `registry/repository` */
export function repositoryOf(reference: ImageReference): string {
  return `${reference.registry}/${reference.repository}`;
}

/** The reference as our store names it: an address of our own registry becomes the stable name. */
export function canonicalReference(reference: ImageReference, ownPorts: readonly number[]): ImageReference {
  const match = /^(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)$/.exec(reference.registry);
  return match !== null && ownPorts.includes(Number(match[1])) ? { ...reference, registry: STABLE_REGISTRY } : reference;
}
