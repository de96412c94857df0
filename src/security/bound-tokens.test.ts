import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenProblem, type LiveObjects } from "./bound-tokens.ts";
import { claimsOf, ISSUER, type BoundTo } from "./service-account-tokens.ts";

const NOW = 1_700_000_000_000;
const account = { uid: "a" };
const pod = { uid: "p" };
const secret = { uid: "s" };
const nothing: LiveObjects = { account: undefined, pod: undefined, secret: undefined };
const toPod: BoundTo = { pod: { name: "web", uid: "p" } };
const toSecret: BoundTo = { secret: { name: "key", uid: "s" } };
const ago = (seconds: number) => ({ deletedAt: NOW - seconds * 1000 });

function problem(bound: BoundTo, live: Partial<LiveObjects>, now = NOW): string | undefined {
  const wish = { namespace: "default", account: { name: "robot", uid: "a" }, audiences: [ISSUER], lifeSeconds: 600, id: "1" };
  return tokenProblem(claimsOf({ ...wish, now: NOW, bound }), { ...nothing, ...live }, now);
}

test("a token holds as long as its account, its Pod and its Secret are the ones it was made for", () => {
  const rows: readonly [BoundTo, Partial<LiveObjects>, string | undefined][] = [
    [{}, { account }, undefined],
    [{}, {}, 'serviceaccounts "robot" not found'],
    [{}, { account: { uid: "b" } }, "service account UID (b) does not match claim (a)"],
    [{}, { account: { ...account, ...ago(61) } }, "service account default/robot has been deleted"],
    [toPod, { account, pod }, undefined],
    [toPod, { account }, "service account token has been invalidated"],
    [toPod, { account, pod: { uid: "q" } }, "pod UID (q) does not match service account pod ref claim (p)"],
    [toPod, { account, pod: { ...pod, ...ago(59) } }, undefined],
    [toPod, { account, pod: { ...pod, ...ago(61) } }, "service account token has been invalidated"],
    [toSecret, { account, secret }, undefined],
    [toSecret, { account }, "service account token has been invalidated"],
    [toSecret, { account, secret: { uid: "t" } }, "secret UID (t) does not match service account secret ref claim (s)"],
  ];
  for (const [bound, live, expected] of rows) assert.equal(problem(bound, live), expected, JSON.stringify([bound, live]));
});

test("a token holds from when it was made until it expires", () => {
  assert.equal(problem({}, { account }, NOW + 599_999), undefined);
  assert.equal(problem({}, { account }, NOW + 600_000), "service account token has expired");
  assert.equal(problem({}, { account }, NOW - 59_000), undefined);
  assert.equal(problem({}, { account }, NOW - 61_000), "service account token is not valid yet");
});
