import "reflect-metadata";
import { BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension } from "@peculiar/x509";
import { PemConverter, SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator } from "@peculiar/x509";
import { isIP } from "node:net";
import type { Random } from "../std/random.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
/** Clocks of clients may be behind ours. */
const BACKDATE_MS = 3_600_000;

/** A certificate and its key, both PEM (PKCS #8). */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Subject {
  /** User name of a client, or a label for a server. */
  readonly commonName: string;
  /** Groups of a client (Kubernetes reads O). */
  readonly organizations?: readonly string[];
  /** DNS names and IP addresses of a server. */
  readonly hosts?: readonly string[];
  readonly usage: "server" | "client";
}

export interface IssueOptions {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly random: Random;
  readonly days?: number;
}

/** A new ECDSA P-256 certificate authority, valid for ten years. */
export async function createAuthority(commonName: string, options: IssueOptions): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(options, 3650),
    serialNumber: serialNumber(options.random),
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await exportKey(keys.privateKey) };
}

/** A leaf certificate signed by `authority`, valid for a year unless `days` says otherwise. */
export async function issueCertificate(authority: KeyPair, subject: Subject, options: IssueOptions): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...validity(options, 365),
    serialNumber: serialNumber(options.random),
    subject: [{ CN: [subject.commonName] }, ...(subject.organizations ?? []).map((organization) => ({ O: [organization] }))],
    issuer: new X509Certificate(authority.certificate).subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: extensionsOf(subject),
  });
  return { certificate: certificate.toString("pem"), key: await exportKey(keys.privateKey) };
}

/** Whether the certificate still holds `marginDays` from now and names every host. */
export function isUsable(pem: string, hosts: readonly string[], now: number, marginDays = 30): boolean {
  const certificate = new X509Certificate(pem);
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map((name) => name.value) ?? [];
  return certificate.notAfter.getTime() > now + marginDays * DAY_MS && hosts.every((host) => names.includes(host));
}

/** When the certificate ends, epoch milliseconds. */
export function expiresAt(pem: string): number {
  return new X509Certificate(pem).notAfter.getTime();
}

function extensionsOf(subject: Subject) {
  const usage = subject.usage === "server" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  const names = (subject.hosts ?? []).map((host) => ({ type: isIP(host) === 0 ? ("dns" as const) : ("ip" as const), value: host }));
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([usage]),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
  ];
}

function validity(options: IssueOptions, defaultDays: number) {
  return {
    notBefore: new Date(options.now - BACKDATE_MS),
    notAfter: new Date(options.now + (options.days ?? defaultDays) * DAY_MS),
  };
}

/** 128 bits, first bit clear so that the number is positive. */
function serialNumber(random: Random): string {
  const digits = Array.from({ length: 31 }, () => Math.floor(random() * 16).toString(16));
  return `4${digits.join("")}`;
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
}

async function exportKey(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function importKey(pem: string): Promise<CryptoKey> {
  const [der] = PemConverter.decode(pem);
  if (der === undefined) throw new Error("the key of the certificate authority holds no PEM block");
  return crypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
}
