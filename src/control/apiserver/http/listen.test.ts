import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { test } from "node:test";
import { createAuthority, issueCertificate, type KeyPair } from "../../../security/certificates.ts";
import { seededRandom } from "../../../std/random.ts";
import { startTestListener, type TestListener } from "./test-listener.ts";

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The administrator's, or another, or none. */
  readonly certificate?: boolean | KeyPair;
}

async function open(
  listener: TestListener,
  path: string,
  { method = "GET", headers = {}, body, certificate = true }: Asking = {},
): Promise<IncomingMessage> {
  const agent = new Agent({ ca: listener.ca, servername: "localhost", keepAlive: false, ...tlsOf(listener, certificate) });
  const outgoing = request(`${listener.url}${path}`, { method, headers: { ...headers }, agent });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  return answer;
}

function tlsOf(listener: TestListener, certificate: boolean | KeyPair): { readonly cert?: string; readonly key?: string } {
  if (typeof certificate === "object") return { cert: certificate.certificate, key: certificate.key };
  return certificate ? listener.admin : {};
}

async function ask(listener: TestListener, path: string, asking: Asking = {}): Promise<{ status: number; text: string }> {
  const answer = await open(listener, path, asking);
  let text = "";
  for await (const part of answer) text += String(part);
  return { status: answer.statusCode ?? 0, text };
}

test("a client certificate is a user with groups, a known token too, a wrong token is 401, nothing is anonymous", async () => {
  await using listener = await startTestListener();
  const path = "/api/v1/namespaces/default/configmaps";
  assert.equal((await ask(listener, path)).status, 200);
  const alice = await ask(listener, path, { certificate: false, headers: { authorization: "Bearer alice-token" } });
  assert.match(alice.text, /User \\"alice\\" cannot list/);
  const wrong = await ask(listener, path, { certificate: false, headers: { authorization: "Bearer nobody" } });
  assert.equal(wrong.status, 401);
  assert.match((await ask(listener, path, { certificate: false })).text, /system:anonymous/);
  assert.equal((await ask(listener, "/healthz", { certificate: false })).text, "ok");
});

test("a client certificate of another authority is 401; a good token beside it counts", async () => {
  await using listener = await startTestListener();
  const world = { now: Date.now(), random: seededRandom(5) };
  const subject = { commonName: "admin", organizations: ["system:masters"], usage: "client" } as const;
  const foreign = await issueCertificate(await createAuthority("foreign", world), subject, world);
  const path = "/api/v1/namespaces/default/configmaps";
  const refused = await ask(listener, path, { certificate: foreign });
  assert.equal(refused.status, 401);
  assert.equal((JSON.parse(refused.text) as { message: string }).message, "Unauthorized");
  assert.equal((await ask(listener, "/healthz", { certificate: foreign })).status, 401);
  const alice = await ask(listener, path, { certificate: foreign, headers: { authorization: "Bearer alice-token" } });
  assert.match(alice.text, /User \\"alice\\" cannot list/);
});

test("a foreign Host or Origin is refused with a Status", async () => {
  await using listener = await startTestListener();
  const rebound = await ask(listener, "/api", { headers: { host: "evil.example" } });
  assert.equal(rebound.status, 403);
  assert.equal((JSON.parse(rebound.text) as { kind: string }).kind, "Status");
  assert.equal((await ask(listener, "/api", { headers: { origin: "https://evil.example" } })).status, 403);
});

test("a body over 3 MiB is 413 before it is decoded", async () => {
  await using listener = await startTestListener();
  const body = JSON.stringify({ metadata: { name: "a" }, data: { a: "x".repeat(3_300_000) } });
  const { status, text } = await ask(listener, "/api/v1/namespaces/default/configmaps", { method: "POST", body });
  assert.equal(status, 413);
  assert.match(text, /limit is 3145728/);
});

test("a watch streams over the socket, and closing the listener ends it", async () => {
  const listener = await startTestListener();
  const answer = await open(listener, "/api/v1/namespaces/default/configmaps?watch=1");
  const parts = answer[Symbol.asyncIterator]();
  await listener.server.ask("POST", "configmaps", { metadata: { name: "a" } });
  const first = await parts.next();
  assert.match(String(first.value), /^\{"type":"ADDED"/);
  const closed = listener[Symbol.asyncDispose]();
  assert.equal((await parts.next()).done, true);
  await closed;
});

test("dots in a path are resolved before anybody is asked about it", async () => {
  await using listener = await startTestListener();
  for (const path of ["/api/../livez", "/api/%2e%2E/livez", "/./livez"]) assert.equal((await ask(listener, path)).text, "ok", path);
  const slash = await ask(listener, "/api/v1/namespaces/default/configmaps/a%2Fb");
  assert.match(slash.text, /configmaps \\"a\/b\\" not found/);
});

test("a long list comes in pieces, a short one whole; a client that leaves in the middle harms nobody", async () => {
  await using listener = await startTestListener();
  const path = "/api/v1/namespaces/default/configmaps";
  assert.ok((await open(listener, path)).headers["content-length"]);
  const count = 64;
  const text = "ü".repeat(100_000);
  for (let index = 0; index < count; index++)
    await listener.server.ask("POST", "configmaps", { metadata: { name: `c-${index}` }, data: { text } });
  (await open(listener, path)).destroy();
  const answer = await open(listener, path);
  assert.equal(answer.headers["content-length"], undefined);
  answer.setEncoding("utf8");
  const parts: string[] = [];
  for await (const part of answer) parts.push(String(part));
  const { items } = JSON.parse(parts.join("")) as { items: { data: { text: string } }[] };
  assert.equal(items.filter(({ data }) => data.text === text).length, count);
});

test("several Warning texts come as several headers", async () => {
  await using listener = await startTestListener();
  const body = JSON.stringify({ metadata: { name: "a" }, foo: 1, bar: 2 });
  const headers = { "content-type": "application/json" };
  const answer = await open(listener, "/api/v1/namespaces/default/configmaps?dryRun=All", { method: "POST", body, headers });
  answer.resume();
  const warnings = answer.rawHeaders.filter((_, i) => answer.rawHeaders[i - 1]?.toLowerCase() === "warning");
  assert.deepEqual(warnings, ['299 - "unknown field \\"foo\\""', '299 - "unknown field \\"bar\\""']);
});
