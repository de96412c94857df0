import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { ApiError } from "../api/meta/errors.ts";
import type { KindRef } from "../api/meta/kind.ts";
import type { ObjectKey } from "../api/meta/object.ts";
import type { Client } from "../client/types.ts";
import { ISSUER, readToken, tokenKey } from "../security/service-account-tokens.ts";
import { systemClock } from "../std/clock.ts";
import { seededRandom } from "../std/random.ts";
import { tokenRequestHandler } from "./token-requests.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = tokenKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
const NOW = 1_700_000_000_000;
const account = { namespace: "default", name: "robot" };
const world: Readonly<Record<string, object>> = {
  "serviceaccounts/robot": { metadata: { ...account, uid: "a-uid" } },
  "pods/web": { metadata: { namespace: "default", name: "web", uid: "p-uid" }, spec: { serviceAccountName: "robot", nodeName: "n" } },
  "pods/lone": { metadata: { namespace: "default", name: "lone", uid: "l-uid" }, spec: { serviceAccountName: "robot" } },
  "pods/other": { metadata: { namespace: "default", name: "other", uid: "o-uid" }, spec: { serviceAccountName: "default" } },
  "secrets/key": { metadata: { namespace: "default", name: "key", uid: "s-uid" } },
  "nodes/n": { metadata: { name: "n", uid: "n-uid" } },
};
const client = { get: async ({ plural }: KindRef, { name }: ObjectKey) => world[`${plural}/${name}`] } as unknown as Client;
const handler = tokenRequestHandler({ clock: { ...systemClock, now: () => NOW }, random: seededRandom(1), key, client: () => client });

interface Answer {
  readonly spec: object;
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

async function ask(spec: object, of: ObjectKey = account): Promise<Answer> {
  const body = JSON.stringify({ kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1", spec });
  const headers = { "content-type": "application/json" };
  const request = new Request("https://localhost/token", { method: "POST", headers, body });
  const response = await handler(request, of, { name: "admin", groups: [] });
  assert.equal(response.status, 201);
  return (await response.json()) as Answer;
}

async function refusal(spec: object, of?: ObjectKey): Promise<string> {
  const error = await ask(spec, of)
    .then(() => undefined)
    .catch((thrown: unknown) => thrown);
  assert.ok(error instanceof ApiError, String(error));
  return `${error.status.code} ${error.message}`;
}

test("a token of a ServiceAccount holds for an hour and for this platform unless asked otherwise", async () => {
  const { spec, status } = await ask({});
  assert.deepEqual(spec, { audiences: [ISSUER], expirationSeconds: 3600, boundObjectRef: null });
  const claims = readToken(key, status.token);
  assert.deepEqual([claims?.sub, claims?.aud, claims?.exp], ["system:serviceaccount:default:robot", [ISSUER], NOW / 1000 + 3600]);
  assert.deepEqual(claims?.["kubernetes.io"], { namespace: "default", serviceaccount: { name: "robot", uid: "a-uid" } });
  assert.equal(status.expirationTimestamp, "2023-11-14T23:13:20Z");
});

test("each token has a name of its own", async () => {
  const names = await Promise.all([ask({}), ask({})]);
  const [first, second] = names.map(({ status }) => readToken(key, status.token)?.jti);
  assert.match(first ?? "", /^[0-9a-f]{8}-/);
  assert.notEqual(first, second);
});

test("a token may be bound to a Pod, whose node it tells, or to a Secret", async () => {
  const bound = async (ref: object) => {
    const { status } = await ask({ boundObjectRef: ref });
    const { pod, secret, node } = readToken(key, status.token)?.["kubernetes.io"] ?? {};
    return { pod, secret, node };
  };
  const none = { pod: undefined, secret: undefined, node: undefined };
  const web = { pod: { name: "web", uid: "p-uid" }, node: { name: "n", uid: "n-uid" } };
  assert.deepEqual(await bound({ kind: "Pod", apiVersion: "v1", name: "web" }), { ...none, ...web });
  assert.deepEqual(await bound({ kind: "Pod", name: "lone" }), { ...none, pod: { name: "lone", uid: "l-uid" } });
  assert.deepEqual(await bound({ kind: "Secret", name: "key", uid: "s-uid" }), { ...none, secret: { name: "key", uid: "s-uid" } });
});

test("a token may be for another audience and bound to a Pod", async () => {
  const { status } = await ask({
    audiences: ["vault"],
    expirationSeconds: 600,
    boundObjectRef: { kind: "Pod", name: "web", uid: "p-uid" },
  });
  const claims = readToken(key, status.token);
  assert.deepEqual([claims?.aud, claims?.["kubernetes.io"].pod], [["vault"], { name: "web", uid: "p-uid" }]);
});

test("requests for a token that cannot be are refused", async () => {
  const minimum = "spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes";
  assert.equal(await refusal({ expirationSeconds: 5 }), `422 TokenRequest.authentication.k8s.io "robot" is invalid: ${minimum}`);
  const refused = (ref: object) => refusal({ boundObjectRef: ref });
  assert.equal(await refused({ kind: "Node", apiVersion: "v1", name: "n" }), "400 cannot bind token to object of type /v1, Kind=Node");
  assert.equal(await refused({ kind: "Pod", apiVersion: "x/v1", name: "web" }), "400 cannot bind token to object of type x/v1, Kind=Pod");
  assert.equal(await refused({ kind: "Pod", name: "absent" }), '404 pods "absent" not found');
  assert.equal(await refused({ kind: "Secret", name: "absent" }), '404 secrets "absent" not found');
  assert.match(await refused({ kind: "Pod", name: "web", uid: "old" }), /^409 .*on Pod "web": .*\(old\) does not match .* \(p-uid\)/);
  assert.equal(
    await refused({ kind: "Pod", name: "other" }),
    '400 cannot bind token for serviceaccount "robot" to pod running with serviceaccount "default"',
  );
  assert.equal(await refusal({}, { namespace: "default", name: "nobody" }), '404 serviceaccounts "nobody" not found');
});
