import type { Clock } from "../../std/clock.ts";
import { authEntries, matching, type Candidate } from "../pull/credentials.ts";
import type { DockerConfig } from "../pull/docker-config.ts";
import { RegistryError, type Http } from "../pull/http.ts";
import { keysFor, refusalWords, type Keys } from "../pull/keychain.ts";
import type { Endpoint, Registries } from "../pull/registries.ts";
import { Session } from "../pull/session.ts";
import { parseReference, type ImageReference } from "../reference.ts";

/** What a person said on the command line; it is tried before anything else. */
export interface GivenCredentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** JSON as `docker login` writes it. */
  readonly authFile?: string | undefined;
}

export interface PushAccess {
  readonly http: Http;
  readonly clock: Clock;
  readonly registries: Registries;
  readonly dockerConfig?: DockerConfig;
  readonly given: GivenCredentials;
  /** Any certificate is good. */
  readonly insecure: boolean;
  /** Reads `given.authFile`; undefined: it cannot be read. */
  readonly readAuthFile?: (path: string) => Promise<string | undefined>;
}

export interface OpenPush {
  readonly kind: "ok";
  readonly session: Session;
  readonly reference: ImageReference;
  readonly registry: string;
  /** Whose credentials were accepted; undefined: none were needed. */
  readonly user?: string;
}

export type PushFailure = { readonly kind: "failed"; readonly message: string };

/** Finds the credential that may push, by asking for an upload that is given up at once. The failure says what was tried. */
export async function openPush(access: PushAccess, text: string, signal: AbortSignal): Promise<OpenPush | PushFailure> {
  const parsed = parseReference(text);
  if (parsed.kind === "invalid") return { kind: "failed", message: parsed.message };
  const { reference } = parsed;
  try {
    const endpoint = (await access.registries.endpoints(reference.registry)).find(({ isMirror }) => !isMirror);
    if (endpoint === undefined) return { kind: "failed", message: `there is no registry ${reference.registry}` };
    const keys = await keysOf(access, reference, signal);
    return await firstThatMay(access, { reference, endpoint, keys }, signal);
  } catch (error) {
    if (error instanceof RegistryError) return { kind: "failed", message: `${text} cannot be pushed: ${error.message}` };
    throw error;
  }
}

interface Asked {
  readonly reference: ImageReference;
  readonly endpoint: Endpoint;
  readonly keys: Keys;
}

async function firstThatMay(
  access: PushAccess,
  { reference, endpoint, keys }: Asked,
  signal: AbortSignal,
): Promise<OpenPush | PushFailure> {
  const { http, clock, registries, insecure } = access;
  const { registry, repository } = reference;
  const own = insecure ? { ...endpoint, tls: { ...endpoint.tls, skipVerify: true } } : endpoint;
  let last = "";
  for (const candidate of keys.candidates) {
    const trust = (host: string) => registries.trust(host);
    const session = new Session({ http, clock, endpoint: own, candidate, repository, actions: "pull,push", trust });
    try {
      await tryUpload(session, signal);
      const user = userOf(candidate);
      return { kind: "ok", session, reference, registry, ...(user === undefined ? {} : { user }) };
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== "unauthorized") throw error;
      last = error.message;
    }
  }
  const said = refusalWords(keys, registry);
  return { kind: "failed", message: `${registry} does not let ${repository} be pushed: ${said}\n${last}` };
}

async function tryUpload(session: Session, signal: AbortSignal): Promise<void> {
  const begun = await session.call({ method: "POST", path: "blobs/uploads/", headers: { "content-length": "0" } }, signal, [202]);
  begun.discard();
  const location = begun.header("location");
  if (location === undefined) return;
  // Registries forget uploads that nobody ends; some do not know how to be told.
  const ended = await session.send({ method: "DELETE", path: location }, signal).catch(() => undefined);
  ended?.discard();
}

function userOf({ credential }: Candidate): string | undefined {
  if (credential.kind === "basic") return credential.username;
  return credential.kind === "anonymous" ? undefined : "token";
}

async function keysOf(access: PushAccess, reference: ImageReference, signal: AbortSignal): Promise<Keys> {
  const keys = await keysFor(access.dockerConfig, { ...reference, secrets: [] }, signal);
  const given = await givenCandidates(access, `${reference.registry}/${reference.repository}`);
  return { ...keys, candidates: [...given, ...keys.candidates] };
}

async function givenCandidates({ given, readAuthFile }: PushAccess, target: string): Promise<Candidate[]> {
  const { username, password, token, authFile } = given;
  const found: Candidate[] = [];
  if (token !== undefined) found.push({ credential: { kind: "bearer", token }, source: "--token" });
  if (username !== undefined) found.push({ credential: { kind: "basic", username, password: password ?? "" }, source: "--username" });
  if (authFile === undefined) return found;
  const text = await readAuthFile?.(authFile);
  if (text === undefined) throw new RegistryError("invalid", `--registry-authfile ${authFile} cannot be read`);
  try {
    const { auths } = JSON.parse(text) as { readonly auths?: unknown };
    found.push(...matching(authEntries(auths), target).map((credential) => ({ credential, source: authFile })));
  } catch {
    throw new RegistryError("invalid", `--registry-authfile ${authFile} is no JSON`);
  }
  return found;
}
