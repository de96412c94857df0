import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../std/random.ts";
import { createAuthority } from "./certificates.ts";
import { claimsOf, ISSUER, readToken, sameSecret, signToken, tokenKey } from "./service-account-tokens.ts";

const NOW = Date.now();
const claims = claimsOf({
  namespace: "default",
  account: { name: "builder", uid: "u" },
  audiences: [ISSUER],
  lifeSeconds: 3600,
  now: NOW,
  id: "one",
  bound: { pod: { name: "web", uid: "p" } },
});
const key = async (seed: number) => tokenKey((await createAuthority("k", { now: NOW, random: seededRandom(seed) })).key);

test("a token says whose it is, for whom, for how long and what it is bound to", () => {
  const seconds = Math.floor(NOW / 1000);
  assert.deepEqual(claims, {
    iss: ISSUER,
    sub: "system:serviceaccount:default:builder",
    aud: [ISSUER],
    iat: seconds,
    nbf: seconds,
    exp: seconds + 3600,
    jti: "one",
    "kubernetes.io": { namespace: "default", serviceaccount: { name: "builder", uid: "u" }, pod: { name: "web", uid: "p" } },
  });
});

test("a token is believed only if our key signed it in our name", async () => {
  const [ours, theirs] = [await key(1), await key(2)];
  const token = signToken(ours, claims);
  assert.deepEqual(readToken(ours, token), claims);
  assert.equal(readToken(theirs, token), undefined);
  assert.equal(readToken(ours, signToken(ours, { ...claims, iss: "https://elsewhere" })), undefined);
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
    assert.equal(readToken(ours, token), undefined, token);
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
