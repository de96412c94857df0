import type { PullSecret } from "../../api/ports/images.ts";

export type Credential =
  | { readonly kind: "anonymous" }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  /** Exchanged at the token service for a token of a few minutes. */
  | { readonly kind: "identity"; readonly token: string }
  /** Sent as it is. */
  | { readonly kind: "bearer"; readonly token: string };

/** A credential, and where it is from, e.g. `pull secret team/regcred`. */
export interface Candidate {
  readonly credential: Credential;
  readonly source: string;
}

export const ANONYMOUS: Candidate = { credential: { kind: "anonymous" }, source: "nobody" };

interface AuthEntry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
  readonly registrytoken?: unknown;
}

export type AuthEntries = ReadonlyMap<string, Credential>;

/** Credentials of a pull secret by the registry pattern that they are for. Throws SyntaxError. */
export function entriesOf({ format, json }: Pick<PullSecret, "format" | "json">): AuthEntries {
  const parsed = JSON.parse(json) as Record<string, unknown> | null;
  return authEntries(format === "dockercfg" ? parsed : parsed?.["auths"]);
}

/** The `auths` of docker's config.json; entries without any credentials are left out. */
export function authEntries(auths: unknown): AuthEntries {
  if (typeof auths !== "object" || auths === null) return new Map();
  const entries = Object.entries(auths as Record<string, AuthEntry | null>).map(
    ([pattern, entry]) => [pattern, credentialOf(entry ?? {})] as const,
  );
  return new Map(entries.filter((entry): entry is [string, Credential] => entry[1] !== undefined));
}

function credentialOf({ auth, username, password, identitytoken, registrytoken }: AuthEntry): Credential | undefined {
  if (isText(registrytoken)) return { kind: "bearer", token: registrytoken };
  if (isText(identitytoken)) return { kind: "identity", token: identitytoken };
  if (isText(username) && typeof password === "string") return { kind: "basic", username, password };
  if (!isText(auth)) return undefined;
  const decoded = Buffer.from(auth, "base64").toString("utf8").replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  return colon < 1 ? undefined : { kind: "basic", username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** The credentials for a repository, best first: longer patterns say more. `target` is `registry/repository`. */
export function matching(entries: AuthEntries, target: string): Credential[] {
  const fitting = [...entries].filter(([pattern]) => matchesRegistry(pattern, target));
  return fitting.toSorted(([a], [b]) => (a < b ? 1 : -1)).map(([, credential]) => credential);
}

const HUB: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * Whether credentials for `pattern` are for `target`, as a kubelet decides it: equal port, as many parts of the host with
 * `*` and `?` in each, and a prefix of the path.
 */
export function matchesRegistry(pattern: string, target: string): boolean {
  const [glob, image] = [parsePattern(pattern), parsePattern(target)];
  if (HUB.has(image.host)) return HUB.has(glob.host) && image.path.startsWith(glob.path);
  if (glob.port !== image.port || !image.path.startsWith(glob.path)) return false;
  const [globs, parts] = [glob.host.split("."), image.host.split(".")];
  return globs.length === parts.length && globs.every((part, index) => globPart(part).test(parts[index] ?? ""));
}

function parsePattern(pattern: string): { readonly host: string; readonly port: string; readonly path: string } {
  const plain = pattern.replace(/^https?:\/\//, "");
  const slash = plain.indexOf("/");
  const authority = slash < 0 ? plain : plain.slice(0, slash);
  // Docker writes the version of the interface into its keys.
  const path =
    slash < 0
      ? ""
      : plain
          .slice(slash)
          .replace(/^\/v[12]\//, "/")
          .replace(/\/$/, "");
  const colon = /^(.*?)(?::(\d+))?$/.exec(authority);
  return { host: (colon?.[1] ?? "").toLowerCase(), port: colon?.[2] ?? "", path };
}

function globPart(glob: string): RegExp {
  const source = glob
    .replace(/[\\^$.|+(){}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^(?!)/; // a bracket that does not close matches nothing
  }
}
