import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceAccountKind } from "../api/core/service-account.ts";
import { createClient } from "../client/client.ts";
import { startTestServer, type TestServer } from "../control/apiserver/routes/test-server.ts";
import type { TokenUser } from "../control/apiserver/auth/authenticate.ts";
import { createAuthority } from "../security/certificates.ts";
import { tokenKey } from "../security/service-account-tokens.ts";
import { systemClock } from "../std/clock.ts";
import { silentLogger } from "../std/logger.ts";
import { seededRandom } from "../std/random.ts";
import { nodeTokens } from "./token-issuer.ts";
import { tokenRequestHandler } from "./token-requests.ts";
import { tokenUserOf } from "./token-users.ts";

const world = { clock: systemClock, random: seededRandom(1), logger: silentLogger };
const NAME = "system:serviceaccount:default:robot";
const container = { name: "main", image: "none" };

interface Tokens extends AsyncDisposable {
  readonly server: TestServer;
  readonly tokenUser: TokenUser;
  readonly client: ReturnType<typeof createClient>;
  readonly key: ReturnType<typeof tokenKey>;
  /** A token as TokenRequest gives one. */
  request(spec?: object): Promise<string>;
}

/** An API server with tokens, account `robot` and Pod `web` of it. */
async function start(): Promise<Tokens> {
  const key = tokenKey((await createAuthority("k", { now: Date.now(), random: world.random })).key);
  const client = () =>
    createClient({ transport: server.api.transport({ user: "t", groups: ["system:masters"], durability: "durable" }), userAgent: "t" });
  const tokenUser = tokenUserOf({ clock: systemClock, pki: { adminToken: "secret", tokenKey: key }, client });
  const subresources = { "serviceaccounts/token": tokenRequestHandler({ ...world, key, client }) };
  const server: TestServer = await startTestServer({ tokenUser, subresources });
  await server.ask("POST", "serviceaccounts", { metadata: { name: "robot" } });
  await server.ask("POST", "pods", { metadata: { name: "web" }, spec: { serviceAccountName: "robot", containers: [container] } });
  const request = async (spec: object = {}) => {
    const { body, text } = await server.ask("POST", "serviceaccounts/robot/token", { spec });
    const { token } = (body.status ?? {}) as { token?: string };
    assert.ok(token, text);
    return token;
  };
  return { server, tokenUser, client: client(), key, request, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function problem(tokenUser: TokenUser, token: string): Promise<string> {
  const answer = await tokenUser(token);
  return answer.kind === "user" ? answer.user.name : answer.why;
}

test("a token dies with its ServiceAccount, and an account of the same name does not raise it", async () => {
  await using tokens = await start();
  const token = await tokens.request();
  assert.equal(await problem(tokens.tokenUser, token), NAME);
  await tokens.server.ask("DELETE", "serviceaccounts/robot");
  assert.equal(await problem(tokens.tokenUser, token), '[invalid bearer token, serviceaccounts "robot" not found]');
  await tokens.server.ask("POST", "serviceaccounts", { metadata: { name: "robot" } });
  assert.match(await problem(tokens.tokenUser, token), /^\[invalid bearer token, service account UID \(.+\) does not match claim/);
  assert.equal(await problem(tokens.tokenUser, await tokens.request()), NAME);
});

test("a token dies with its Pod or Secret, and others of the account live on", async () => {
  await using tokens = await start();
  await tokens.server.ask("POST", "secrets", { metadata: { name: "key" } });
  const free = await tokens.request();
  const ofPod = await tokens.request({ boundObjectRef: { kind: "Pod", apiVersion: "v1", name: "web" } });
  const ofSecret = await tokens.request({ boundObjectRef: { kind: "Secret", apiVersion: "v1", name: "key" } });
  for (const token of [free, ofPod, ofSecret]) assert.equal(await problem(tokens.tokenUser, token), NAME);
  await tokens.server.ask("DELETE", "pods/web?gracePeriodSeconds=0");
  await tokens.server.ask("DELETE", "secrets/key");
  const invalidated = "[invalid bearer token, service account token has been invalidated]";
  assert.equal(await problem(tokens.tokenUser, ofPod), invalidated);
  assert.equal(await problem(tokens.tokenUser, ofSecret), invalidated);
  assert.equal(await problem(tokens.tokenUser, free), NAME);
});

test("the token that a node gives a Pod names the account, the Pod and the node as they are", async () => {
  await using tokens = await start();
  const { server, client, key } = tokens;
  await server.ask("POST", "/api/v1/nodes", { metadata: { name: "here" } });
  const uid = async (path: string) => (await server.ask("GET", path)).body.metadata.uid ?? "";
  const pod = { name: "web", uid: await uid("pods/web") };
  const source = nodeTokens(world, { key, client, node: "here", signal: AbortSignal.timeout(10_000) });
  const request = { namespace: "default", serviceAccount: "robot", audience: undefined, expirationSeconds: 600, pod };
  const answer = await tokens.tokenUser((await source.token(request)) ?? "");
  assert.equal(answer.kind, "user");
  const { user } = answer;
  assert.deepEqual(user.groups, ["system:serviceaccounts", "system:serviceaccounts:default"]);
  assert.equal(user.uid, await uid("serviceaccounts/robot"));
  const { "authentication.kubernetes.io/credential-id": credential, ...extra } = user.extra ?? {};
  assert.match(credential?.[0] ?? "", /^JTI=[0-9a-f-]{36}$/);
  assert.deepEqual(extra, {
    "authentication.kubernetes.io/node-name": ["here"],
    "authentication.kubernetes.io/node-uid": [await uid("/api/v1/nodes/here")],
    "authentication.kubernetes.io/pod-name": ["web"],
    "authentication.kubernetes.io/pod-uid": [pod.uid],
  });
  const late = source.token({ ...request, serviceAccount: "late" });
  await client.create(serviceAccountKind, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "late", namespace: "default" } });
  assert.notEqual(await late, undefined, "an account that comes a moment later is waited for");
});

test("TokenReview says whose a token is and for which audiences, or why it is nobody's", async () => {
  await using tokens = await start();
  const review = async (spec: object) => {
    const { status, body } = await tokens.server.ask("POST", "/apis/authentication.k8s.io/v1/tokenreviews", { spec });
    return status === 201 ? (body.status as { readonly user?: { readonly username?: string } }) : body.message;
  };
  const token = await tokens.request({ audiences: ["vault", "bank"] });
  const known = (await review({ token, audiences: ["bank", "shop", "vault"] })) as { user: object };
  const { user, ...others } = known;
  assert.deepEqual(others, { authenticated: true, audiences: ["vault", "bank"] });
  const { extra: _, uid: _uid, ...whom } = user as { extra: object; uid: string };
  assert.deepEqual(whom, {
    username: NAME,
    groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
  });
  const elsewhere = `token audiences ["vault" "bank"] is invalid for the target audiences ["https://kubernetes.default.svc.cluster.local"]`;
  assert.deepEqual(await review({ token }), { user: {}, error: `[invalid bearer token, ${elsewhere}]` });
  assert.deepEqual(await review({ token: "x" }), { user: {}, error: "invalid bearer token" });
  assert.equal(await review({}), "token is required for TokenReview in authentication");
  await tokens.server.ask("DELETE", "serviceaccounts/robot");
  const gone = { user: {}, error: '[invalid bearer token, serviceaccounts "robot" not found]' };
  assert.deepEqual(await review({ token, audiences: ["bank"] }), gone);
});
