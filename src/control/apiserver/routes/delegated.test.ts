import assert from "node:assert/strict";
import { test } from "node:test";
import { deadLetterKind, type DeadLetter } from "../../../api/observe/dead-letter.ts";
import { observeKinds } from "../../../api/observe/kinds.ts";
import { ALICE, startTestServer } from "./test-server.ts";

const LETTER: DeadLetter = {
  apiVersion: "observe.kinetic.dev/v1alpha1",
  kind: "DeadLetter",
  metadata: { name: "7", namespace: "default", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { event: { id: "a", type: "t" } },
  status: { trigger: "mine", reason: "NoSink", attempts: 1, redrives: 0 },
};
const BASE = "/apis/observe.kinetic.dev/v1alpha1/namespaces/default/deadletters";
const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };

async function server() {
  const asked: string[] = [];
  const transport = async (request: Request): Promise<Response> => {
    asked.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
    if (request.url.endsWith("/down")) throw new TypeError("gone");
    if (request.url.endsWith("/7")) return Response.json(LETTER);
    return Response.json({ kind: "DeadLetterList", apiVersion: LETTER.apiVersion, metadata: { resourceVersion: "" }, items: [LETTER] });
  };
  return { asked, ...(await startTestServer({ delegated: [{ kinds: observeKinds, transport }] })) };
}

test("a delegated group is discovered like every other", async () => {
  const { ask } = await server();
  const groups = (await ask("GET", "/apis")).body as unknown as { groups: { name: string }[] };
  assert.ok(groups.groups.some(({ name }) => name === deadLetterKind.group));
  const resources = (await ask("GET", "/apis/observe.kinetic.dev/v1alpha1")).body as unknown as { resources: { name: string }[] };
  assert.deepEqual(
    resources.resources.map(({ name }) => name),
    ["deadletters", "eventrecords", "redrives", "replays"],
  );
});

test("a delegated group is answered by its owner, as JSON or as a table", async () => {
  const { ask, asked } = await server();
  assert.deepEqual((await ask("GET", BASE)).body.items?.[0], LETTER);
  const table = (await ask("GET", BASE, undefined, { headers: TABLE })).body as unknown as { kind: string; rows: { cells: string[] }[] };
  assert.deepEqual([table.kind, table.rows[0]?.cells.slice(0, 5)], ["Table", ["7", "mine", "a", "t", "NoSink"]]);
  const one = (await ask("GET", `${BASE}/7`, undefined, { headers: TABLE })).body;
  assert.equal(one.kind, "Table");
  await ask("PUT", `${BASE}/7`, { spec: {} });
  assert.deepEqual(asked.at(-1), `PUT ${BASE}/7 {"spec":{}}`);
});

test("a delegated group is asked only for what the user may do and its kinds have a verb for", async () => {
  const { ask, asked } = await server();
  const refused = await ask("GET", BASE, undefined, { user: ALICE });
  assert.deepEqual([refused.status, asked.length], [403, 0]);
  assert.match(
    refused.body.message ?? "",
    /cannot list resource "deadletters" in API group "observe\.kinetic\.dev" in the namespace "default"/,
  );
  assert.equal((await ask("POST", BASE, {})).status, 405);
  assert.equal((await ask("GET", `${BASE}/7/status`)).status, 404);
  assert.equal((await ask("GET", "/apis/observe.kinetic.dev/v1alpha1/namespaces/default/others")).status, 404);
  assert.equal(asked.length, 0);
  assert.equal((await ask("GET", `${BASE}/down`)).status, 503);
});
