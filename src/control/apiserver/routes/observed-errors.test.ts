import assert from "node:assert/strict";
import { test } from "node:test";
import { anonymous, type User } from "../auth/user.ts";
import rows from "./observed-errors.json" with { type: "json" };
import { ALICE, startTestServer, type TestServer } from "./test-server.ts";

/** One refused request with what a real server answered. Paths without `/` are in the namespace `default`. */
interface Row {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: string;
  readonly user?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly message: string;
  readonly reason?: string;
  readonly details?: unknown;
}

const USERS: Readonly<Record<string, User>> = { alice: ALICE, [anonymous.name]: anonymous };
const APPLY = { headers: { "content-type": "application/apply-patch+yaml" } };
const MERGE = { headers: { "content-type": "application/merge-patch+json" } };

/** The objects that the recorded requests met. */
async function furnish(server: TestServer): Promise<void> {
  const containers = [{ name: "c", image: "i" }];
  const template = { metadata: { labels: { a: "b" } }, spec: { containers } };
  const make = (path: string, body: object) => server.ask("POST", path, body);
  for (const name of ["e1", "e2"]) await make("configmaps", { metadata: { name }, data: { a: "1" } });
  await server.ask("PATCH", "configmaps/e2?fieldManager=curlm", { data: { u: "1", v: "1" } }, MERGE);
  const e3 = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "e3" }, data: { a: "x" } };
  await server.ask("PATCH", "configmaps/e3?fieldManager=m1", e3, APPLY);
  await make("pods", { metadata: { name: "p1" }, spec: { containers } });
  await make("secrets", { metadata: { name: "s1" }, stringData: { a: "1" } });
  await make("services", { metadata: { name: "ipsvc" }, spec: { clusterIP: "10.96.0.77", ports: [{ port: 80 }] } });
  await make("/apis/apps/v1/namespaces/default/deployments", {
    metadata: { name: "web" },
    spec: { selector: { matchLabels: { a: "b" } }, template },
  });
  for (const name of ["kube-system", "term"]) await make("/api/v1/namespaces", { metadata: { name } });
  await make("/api/v1/namespaces/term/configmaps", { metadata: { name: "hold", finalizers: ["example.com/h"] } });
  await server.ask("DELETE", "/api/v1/namespaces/term");
  await server.ask("DELETE", "/api/v1/namespaces/term/configmaps/hold");
}

test("refusals have the codes, reasons, texts and details of a real server", async (t) => {
  await using server = await startTestServer();
  await furnish(server);
  for (const row of rows as readonly Row[]) {
    await t.test(row.title, async () => {
      const headers = { ...row.headers, ...(row.type ? { "content-type": row.type } : {}), ...(row.accept ? { accept: row.accept } : {}) };
      const user = USERS[row.user ?? ""];
      const { status, body } = await server.ask(row.method, row.path, row.body, { headers, ...(user === undefined ? {} : { user }) });
      const { message, reason, details } = body;
      const expected = { status: row.status, message: row.message, reason: row.reason, details: row.details };
      assert.deepEqual({ status, message, reason, details }, expected);
    });
  }
});
