import { createHash, createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAuthority, issueCertificate, isUsable, type KeyPair, type Subject } from "../security/certificates.ts";
import { tokenKey, type TokenKey } from "../security/service-account-tokens.ts";
import type { Random } from "../std/random.ts";
import { API_SERVICE } from "./bootstrap/services.ts";
import type { DataDirectory } from "./data-directory.ts";

/** Names and addresses that the API server's certificate carries. */
export const API_HOSTS = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
  "127.0.0.1",
  "::1",
  API_SERVICE.address,
];

/** Names and addresses of the gateway's own certificate; hosts of services get certificates of their own. */
export const gatewayHosts = (domain: string): string[] => [domain, `*.default.${domain}`, "localhost", "127.0.0.1", "::1"];

export const ADMIN = { user: "kubernetes-admin", groups: ["system:masters"] } as const;

export interface Pki {
  readonly ca: KeyPair;
  readonly server: KeyPair;
  readonly admin: KeyPair;
  /** For clients of the gateway that name no routed host. */
  readonly gateway: KeyPair;
  /** Signs tokens of ServiceAccounts: the authority's. */
  readonly tokenKey: TokenKey;
  /** Bearer token of the admin. */
  readonly adminToken: string;
}

/**
 * Loads what the data directory holds and makes what is missing or runs out soon. Its authority must have no problem
 * (`authorityProblem`).
 */
export async function loadPki(
  directory: DataDirectory,
  world: { readonly now: number; readonly random: Random; readonly domain: string },
): Promise<Pki> {
  const { now, domain } = world;
  const ca = await pair(directory, { name: "ca", hosts: [], now, make: () => createAuthority("kinetic-ca", world) });
  const leaf = (name: string, subject: Subject) =>
    pair(directory, { name: signedBy(name, ca), hosts: subject.hosts ?? [], now, make: () => issueCertificate(ca, subject, world) });
  const server = await leaf("apiserver", { commonName: "kube-apiserver", hosts: API_HOSTS, usage: "server" });
  const admin = await leaf("admin", { commonName: ADMIN.user, organizations: [...ADMIN.groups], usage: "client" });
  const gateway = await leaf("gateway", { commonName: "kinetic-gateway", hosts: [...new Set(gatewayHosts(domain))], usage: "server" });
  return { ca, server, admin, gateway, tokenKey: tokenKey(ca.key), adminToken: await token(directory, "admin.token") };
}

/**
 * One sentence if the authority has signed something and is damaged: a new one in its place would end every kubeconfig and
 * token that is about, without a word. No file of it, and files of a first start that was cut short, are not damage.
 */
export async function authorityProblem(directory: DataDirectory): Promise<string | undefined> {
  const names = await readdir(directory.pki);
  const hasFiles = names.includes("ca.crt") || names.includes("ca.key");
  const hasSigned = names.some((name) => !name.startsWith("ca."));
  const known = hasFiles && hasSigned ? await readPair(directory, "ca") : undefined;
  if (!hasFiles || !hasSigned || (known !== undefined && isSound(known))) return undefined;
  const files = `${join(directory.pki, "ca.crt")} and ca.key`;
  const anew = "remove both for a new authority, which ends every copied kubeconfig and token, or start from nothing with: kinetic reset";
  return `the certificate authority is damaged: ${files} are not a certificate and its key; restore them from a backup, ${anew}`;
}

/** Leaves are filed under their authority, so a new authority never meets old leaves. */
function signedBy(name: string, ca: KeyPair): string {
  return `${name}-${createHash("sha256").update(ca.certificate).digest("hex").slice(0, 8)}`;
}

interface Wanted {
  /** File name without extension. */
  readonly name: string;
  readonly hosts: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  make(): Promise<KeyPair>;
}

async function pair(directory: DataDirectory, { name, hosts, now, make }: Wanted): Promise<KeyPair> {
  const known = await readPair(directory, name);
  if (known !== undefined && isSound(known) && isUsable(known.certificate, hosts, now)) return known;
  const made = await make();
  await directory.write(join("pki", `${name}.key`), made.key);
  await directory.write(join("pki", `${name}.crt`), made.certificate);
  return made;
}

/** Both files are whole and belong together. */
function isSound({ certificate, key }: KeyPair): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function readPair(directory: DataDirectory, name: string): Promise<KeyPair | undefined> {
  try {
    const [certificate, key] = await Promise.all(
      ["crt", "key"].map((extension) => readFile(join(directory.pki, `${name}.${extension}`), "utf8")),
    );
    return certificate === undefined || key === undefined ? undefined : { certificate, key };
  } catch {
    return undefined;
  }
}

async function token(directory: DataDirectory, name: string): Promise<string> {
  const known = await readFile(join(directory.pki, name), "utf8").catch(() => undefined);
  if (known !== undefined && known.trim() !== "") return known.trim();
  const made = randomBytes(24).toString("base64url");
  await directory.write(join("pki", name), `${made}\n`);
  return made;
}
