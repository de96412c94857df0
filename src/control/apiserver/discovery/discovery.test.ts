import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer } from "../routes/test-server.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

interface Resources {
  readonly apiVersion?: string;
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly verbs: readonly string[];
    readonly shortNames?: readonly string[];
  }[];
}

test("legacy discovery: versions, groups, resources with subresources", async () => {
  await using server = await startTestServer();
  assert.deepEqual((await server.ask("GET", "/api")).body["versions"], ["v1"]);
  const { groups } = (await server.ask("GET", "/apis")).body as unknown as { groups: { name: string; preferredVersion: object }[] };
  assert.deepEqual(groups.find(({ name }) => name === "apps")?.preferredVersion, { groupVersion: "apps/v1", version: "v1" });
  const core = (await server.ask("GET", "/api/v1")).body as unknown as Resources;
  assert.equal(core.apiVersion, undefined, "as upstream");
  assert.deepEqual(core.resources.find(({ name }) => name === "pods")?.shortNames, ["po"]);
  const apps = (await server.ask("GET", "/apis/apps/v1")).body as unknown as Resources;
  assert.equal(apps.resources.find(({ name }) => name === "deployments/scale")?.kind, "Scale");
  assert.equal((await server.ask("GET", "/apis/apps")).body.kind, "APIGroup");
});

test("aggregated discovery has an ETag, and v2beta1 alone falls back to the legacy form", async () => {
  await using server = await startTestServer();
  const headers = { accept: `${AGGREGATED},application/json` };
  const all = await server.ask("GET", "/apis", undefined, { headers });
  assert.equal(all.headers.get("content-type"), AGGREGATED);
  const etag = all.headers.get("etag") ?? "";
  assert.match(etag, /^"[0-9A-F]{128}"$/);
  const again = await server.ask("GET", "/apis", undefined, { headers: { ...headers, "if-none-match": etag } });
  assert.equal(again.status, 304);
  const older = { accept: "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json" };
  assert.equal((await server.ask("GET", "/apis", undefined, { headers: older })).body.kind, "APIGroupList");
});

test("an absent group is plain text, an absent resource a Status", async () => {
  await using server = await startTestServer();
  for (const path of ["/apis/nope.io/v1/frobs", "/apis/nope.io/v1", "/nope"]) {
    const { status, text, headers } = await server.ask("GET", path);
    assert.deepEqual([status, text, headers.get("content-type")], [404, "404 page not found\n", "text/plain; charset=utf-8"], path);
  }
  assert.equal((await server.ask("GET", "/apis/apps/v1/frobs")).body.kind, "Status");
});

test("health, with its parts, and version", async () => {
  await using server = await startTestServer();
  assert.equal((await server.ask("GET", "/readyz")).text, "ok");
  assert.match((await server.ask("GET", "/healthz?verbose")).text, /^\[\+\]ping ok\n(.*\n)*healthz check passed\n$/);
  assert.equal((await server.ask("GET", "/version")).body["gitVersion"], "v1.34.4");
});

test("OpenAPI is served", async () => {
  await using server = await startTestServer();
  assert.match((await server.ask("GET", "/openapi/v3")).text, /apis\/serving\.knative\.dev\/v1/);
});
