import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer } from "../routes/test-server.ts";

const SERVICES = "/apis/serving.knative.dev/v1/namespaces/default/services";
const service = (spec: object) => ({ metadata: { name: "s" }, spec: { template: { spec } } });

test("a webhook's refusal comes with its warnings, one for the schema without", async () => {
  await using server = await startTestServer();
  const denied = await server.ask("POST", SERVICES, service({ containers: [{ image: "i" }], containerConcurrency: 1001 }));
  assert.equal(denied.status, 400);
  assert.match(denied.headers.get("warning") ?? "", /^299 - "Kubernetes default value is insecure/);
  const invalid = await server.ask("POST", SERVICES, { metadata: { name: "s" }, spec: {} });
  assert.equal(invalid.status, 422);
  assert.equal(invalid.headers.get("warning"), null);
});

test("a patch of the managers alone is kept, as kubectl's move to server-side apply needs it", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "configmaps?fieldManager=kubectl-client-side-apply", { metadata: { name: "a" }, data: { k: "1" } });
  const { metadata } = (await server.ask("GET", "configmaps/a")).body;
  const moved = (metadata.managedFields ?? []).map((entry) => ({ ...entry, manager: "kubectl", operation: "Apply" }));
  const operations = [
    { op: "replace", path: "/metadata/managedFields", value: moved },
    { op: "replace", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
  ];
  const { status, body } = await server.ask("PATCH", "configmaps/a", operations, {
    headers: { "content-type": "application/json-patch+json" },
  });
  assert.equal(status, 200);
  assert.deepEqual(body.metadata.managedFields, moved);
  assert.notEqual(body.metadata.resourceVersion, metadata.resourceVersion);
  const again = await server.ask("PUT", "configmaps/a", body);
  assert.equal(again.body.metadata.resourceVersion, body.metadata.resourceVersion, "the same managers are no change");
});

test("field managers own what was sent, not what a webhook made of it", async () => {
  await using server = await startTestServer();
  const annotations = { "client.knative.dev/user-image": "i" };
  const body = { metadata: { name: "s" }, spec: { template: { metadata: { annotations }, spec: { containers: [{ image: "i" }] } } } };
  const made = await server.ask("POST", `${SERVICES}?fieldManager=kn`, body);
  assert.equal(made.body.metadata.annotations?.["serving.knative.dev/creator"], "admin");
  const template = {
    ".": {},
    "f:metadata": { ".": {}, "f:annotations": { ".": {}, "f:client.knative.dev/user-image": {} } },
    "f:spec": { ".": {}, "f:containers": {} },
  };
  assert.deepEqual(
    made.body.metadata.managedFields?.map(({ fieldsV1 }) => fieldsV1),
    [{ "f:spec": { ".": {}, "f:template": template } }],
  );
  const patch = { spec: { template: { spec: { timeoutSeconds: 30 } } } };
  const headers = { "content-type": "application/merge-patch+json" };
  const changed = await server.ask("PATCH", `${SERVICES}/s?fieldManager=other`, patch, { headers });
  assert.deepEqual(
    changed.body.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1]),
    [
      ["kn", { "f:spec": { ".": {}, "f:template": template } }],
      ["other", { "f:spec": { "f:template": { "f:spec": { "f:timeoutSeconds": {} } } } }],
    ],
  );
});
