import { createHmac, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify, type KeyObject } from "node:crypto";

/** What a ServiceAccount token says (a JWT, RFC 7519, as Kubernetes makes it). Times in seconds since the epoch. */
export interface ServiceAccountClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  /** A name of this token alone. */
  readonly jti: string;
  readonly "kubernetes.io": BoundTo & { readonly namespace: string; readonly serviceaccount: ObjectIdentity };
}

export interface ObjectIdentity {
  readonly name: string;
  readonly uid: string;
}

/** What a token dies with, beside its account: a Pod or a Secret. The node of a Pod is told, nothing more. */
export interface BoundTo {
  readonly pod?: ObjectIdentity;
  readonly secret?: ObjectIdentity;
  readonly node?: { readonly name: string; readonly uid?: string };
}

/** What a token shall say. */
export interface TokenWish {
  readonly namespace: string;
  readonly account: ObjectIdentity;
  readonly audiences: readonly string[];
  readonly lifeSeconds: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Becomes `jti`. */
  readonly id: string;
  readonly bound: BoundTo;
}

export const ISSUER = "https://kubernetes.default.svc.cluster.local";

/** The key that signs tokens, parsed once: a start from zero waits for a token, and parsing costs more than a signature. */
export interface TokenKey {
  readonly secret: KeyObject;
  readonly open: KeyObject;
  /** `kid` of the tokens. */
  readonly id: string;
}

/** @throws Error if it is no PEM of a private key. */
export function tokenKey(pem: string): TokenKey {
  const secret = createPrivateKey(pem);
  const open = createPublicKey(secret);
  const der = open.export({ type: "spki", format: "der" });
  return { secret, open, id: createHmac("sha256", "kid").update(der).digest("base64url").slice(0, 16) };
}

/** Signs (ES256) with the platform's key. */
export function signToken({ secret, id }: TokenKey, claims: ServiceAccountClaims): string {
  const body = `${encode({ alg: "ES256", typ: "JWT", kid: id })}.${encode(claims)}`;
  return `${body}.${sign("sha256", Buffer.from(body), { key: secret, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

export function claimsOf({ namespace, account, audiences, lifeSeconds, now, id, bound }: TokenWish): ServiceAccountClaims {
  const seconds = Math.floor(now / 1000);
  return {
    iss: ISSUER,
    sub: `system:serviceaccount:${namespace}:${account.name}`,
    aud: audiences,
    iat: seconds,
    nbf: seconds,
    exp: seconds + lifeSeconds,
    jti: id,
    "kubernetes.io": { namespace, serviceaccount: account, ...bound },
  };
}

/** The claims of a token that our key signed, whether it still holds or not; undefined for everything else. */
export function readToken({ open }: TokenKey, token: string): ServiceAccountClaims | undefined {
  const [header, payload, signature, ...more] = token.split(".");
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined;
  const body = Buffer.from(`${header}.${payload}`);
  try {
    if ((JSON.parse(Buffer.from(header, "base64url").toString()) as { alg?: string }).alg !== "ES256") return undefined;
    if (!verify("sha256", body, { key: open, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"))) return undefined;
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as ServiceAccountClaims;
    return claims.iss === ISSUER ? claims : undefined;
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
