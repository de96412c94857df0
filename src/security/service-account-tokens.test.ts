import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../std/random.ts";
import { createAuthority } from "./certificates.ts";
import { ISSUER, sameSecret, signToken, tokenKey, verifyToken, type ServiceAccountClaims } from "./service-account-tokens.ts";

const NOW = Date.now();
const claims: ServiceAccountClaims = {
  iss: ISSUER,
  sub: "system:serviceaccount:default:builder",
  aud: [ISSUER],
  iat: Math.floor(NOW / 1000),
  exp: Math.floor(NOW / 1000) + 3600,
  "kubernetes.io": { namespace: "default", serviceaccount: { name: "builder", uid: "u" } },
};
const key = async (seed: number) => tokenKey((await createAuthority("k", { now: NOW, random: seededRandom(seed) })).key);

test("a token is believed as long as it holds, and only if our key signed it", async () => {
  const [ours, theirs] = [await key(1), await key(2)];
  const token = signToken(ours, claims);
  assert.deepEqual(verifyToken(ours, token, NOW), claims);
  assert.equal(verifyToken(ours, token, NOW + 3_601_000), undefined);
  assert.equal(verifyToken(theirs, token, NOW), undefined);
  assert.equal(verifyToken(ours, signToken(ours, { ...claims, iss: "https://elsewhere" }), NOW), undefined);
});

test("tampered, unsigned and malformed tokens are refused", async () => {
  const ours = await key(1);
  const [header = "", payload = "", signature = ""] = signToken(ours, claims).split(".");
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: "system:serviceaccount:kube-system:admin" })).toString("base64url");
  const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  for (const token of [
    `${header}.${forged}.${signature}`,
    `${none}.${payload}.`,
    `${none}.${payload}.${signature}`,
    "",
    "a.b.c",
    "a.b",
    `${header}.${payload}.${signature}.x`,
  ]) {
    assert.equal(verifyToken(ours, token, NOW), undefined, token);
  }
});

test("secrets are compared whole", () => {
  assert.equal(sameSecret("abc", "abc"), true);
  assert.equal(sameSecret("abc", "abd"), false);
  assert.equal(sameSecret("abc", "ab"), false);
});

test("tokens name their key, and another key has another name", async () => {
  const [ours, theirs] = [await key(1), await key(2)];
  const header = JSON.parse(Buffer.from(signToken(ours, claims).split(".")[0] ?? "", "base64url").toString()) as object;
  assert.deepEqual(header, { alg: "ES256", typ: "JWT", kid: ours.id });
  assert.notEqual(ours.id, theirs.id);
});
