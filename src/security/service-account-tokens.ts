import { createHmac, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify, type KeyObject } from "node:crypto";

/** What a ServiceAccount token says (a JWT, RFC 7519, as Kubernetes makes it). Times in seconds since the epoch. */
export interface ServiceAccountClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  readonly iat: number;
  readonly exp: number;
  readonly "kubernetes.io": {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
  };
}

export const ISSUER = "https://kubernetes.default.svc.cluster.local";

interface Key {
  readonly pem: string;
  readonly signing: KeyObject;
  readonly verifying: KeyObject;
  readonly id: string;
}

let latest: Key | undefined;

/** There is one key in a process, and a start from zero waits for a token: it is read once. */
function keyOf(pem: string): Key {
  if (latest?.pem === pem) return latest;
  const signing = createPrivateKey(pem);
  const verifying = createPublicKey(signing);
  latest = { pem, signing, verifying, id: keyId(verifying) };
  return latest;
}

/** Signs (ES256) with the platform's key. */
export function signToken(keyPem: string, claims: ServiceAccountClaims): string {
  const { signing: key, id } = keyOf(keyPem);
  const body = `${encode({ alg: "ES256", typ: "JWT", kid: id })}.${encode(claims)}`;
  return `${body}.${sign("sha256", Buffer.from(body), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

/** The claims of a token that the key signed and that holds at `now` (epoch ms); undefined for everything else. */
export function verifyToken(keyPem: string, token: string, now: number): ServiceAccountClaims | undefined {
  const [header, payload, signature, ...more] = token.split(".");
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined;
  const { verifying: key } = keyOf(keyPem);
  const body = Buffer.from(`${header}.${payload}`);
  try {
    if ((JSON.parse(Buffer.from(header, "base64url").toString()) as { alg?: string }).alg !== "ES256") return undefined;
    if (!verify("sha256", body, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"))) return undefined;
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as ServiceAccountClaims;
    return claims.iss === ISSUER && claims.exp * 1000 > now ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** Compares without telling by time how much of a secret is right. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function keyId(key: KeyObject): string {
  const der = key.export({ type: "spki", format: "der" });
  return createHmac("sha256", "kid").update(der).digest("base64url").slice(0, 16);
}
