import assert from "node:assert/strict";
import { test } from "node:test";
import { ALICE, startTestServer, type TestServer } from "../routes/test-server.ts";
import { anonymous } from "./user.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ROLE_REF = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" };
const asAlice = { user: ALICE };

async function letAliceRead(server: TestServer): Promise<void> {
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] }];
  const role = await server.ask("POST", `${RBAC}/namespaces/default/roles`, { metadata: { name: "reader" }, rules });
  assert.equal(role.status, 201, role.text);
  const subjects = [{ kind: "User", name: "alice", apiGroup: "rbac.authorization.k8s.io" }];
  const binding = await server.ask("POST", `${RBAC}/namespaces/default/rolebindings`, {
    metadata: { name: "alice" },
    subjects,
    roleRef: ROLE_REF,
  });
  assert.equal(binding.status, 201, binding.text);
}

test("a RoleBinding gives what its Role says in its namespace and nothing else", async () => {
  await using server = await startTestServer();
  assert.equal((await server.ask("GET", "configmaps", undefined, asAlice)).status, 403);
  await letAliceRead(server);
  assert.equal((await server.ask("GET", "configmaps", undefined, asAlice)).status, 200);
  assert.equal((await server.ask("GET", "configmaps/none", undefined, asAlice)).status, 404);
  assert.equal((await server.ask("GET", "configmaps?watch=1", undefined, asAlice)).status, 403);
  assert.equal((await server.ask("GET", "secrets", undefined, asAlice)).status, 403);
  assert.equal((await server.ask("GET", "/api/v1/configmaps", undefined, asAlice)).status, 403);
  assert.equal((await server.ask("POST", "configmaps", { metadata: { name: "a" } }, asAlice)).status, 403);
});

test("a single object needs its own permission: paths of resources are never judged as plain paths", async () => {
  await using server = await startTestServer();
  await server.ask("POST", "secrets", { metadata: { name: "s" } });
  const { status, body } = await server.ask("GET", "secrets/s", undefined, asAlice);
  assert.equal(status, 403);
  assert.equal(
    body.message,
    'secrets "s" is forbidden: User "alice" cannot get resource "secrets" in API group "" in the namespace "default"',
  );
});

test("a ClusterRoleBinding to a group, with aggregated roles and resource names", async () => {
  await using server = await startTestServer();
  const make = (path: string, body: object) => server.ask("POST", `${RBAC}/${path}`, body);
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"], resourceNames: ["a"] }];
  await make("clusterroles", { metadata: { name: "part", labels: { part: "yes" } }, rules });
  await make("clusterroles", {
    metadata: { name: "whole" },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: "yes" } }] },
    rules: [],
  });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "whole" };
  await make("clusterrolebindings", {
    metadata: { name: "b" },
    subjects: [{ kind: "Group", name: "team", apiGroup: roleRef.apiGroup }],
    roleRef,
  });
  const user = { name: "bob", groups: ["team"] };
  assert.equal((await server.ask("GET", "configmaps/a", undefined, { user })).status, 404);
  assert.equal((await server.ask("GET", "configmaps/b", undefined, { user })).status, 403);
});

test("a list or watch of one name needs the permission for that name only", async () => {
  await using server = await startTestServer();
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list", "watch"], resourceNames: ["a"] }];
  await server.ask("POST", `${RBAC}/namespaces/default/roles`, { metadata: { name: "reader" }, rules });
  const subjects = [{ kind: "User", name: "alice", apiGroup: "rbac.authorization.k8s.io" }];
  await server.ask("POST", `${RBAC}/namespaces/default/rolebindings`, { metadata: { name: "alice" }, subjects, roleRef: ROLE_REF });
  assert.equal((await server.ask("GET", "configmaps?fieldSelector=metadata.name%3Da", undefined, asAlice)).status, 200);
  assert.equal((await server.ask("GET", "configmaps?fieldSelector=metadata.name%3Db", undefined, asAlice)).status, 403);
  assert.equal((await server.ask("GET", "configmaps?fieldSelector=metadata.name!%3Da", undefined, asAlice)).status, 403);
  assert.equal((await server.ask("GET", "configmaps?fieldSelector=metadata.name%3Da,metadata.name!%3Db", undefined, asAlice)).status, 403);
});

test("discovery is for the authenticated, health and version for everybody", async () => {
  await using server = await startTestServer();
  for (const path of ["/healthz", "/livez", "/readyz", "/version"])
    assert.equal((await server.ask("GET", path, undefined, { user: anonymous })).status, 200, path);
  for (const path of ["/api", "/apis", "/apis/apps/v1"]) {
    assert.equal((await server.ask("GET", path, undefined, asAlice)).status, 200, path);
    assert.equal((await server.ask("GET", path, undefined, { user: anonymous })).status, 403, path);
  }
});

test("reviews: what may I do, who am I", async () => {
  await using server = await startTestServer();
  await letAliceRead(server);
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const may = async (resource: string) => {
    const spec = { resourceAttributes: { verb: "get", resource, namespace: "default" } };
    const { body } = await server.ask("POST", path, { spec }, asAlice);
    return (body.status as { allowed: boolean }).allowed;
  };
  assert.deepEqual([await may("configmaps"), await may("secrets")], [true, false]);
  const rules = await server.ask(
    "POST",
    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
    { spec: { namespace: "default" } },
    asAlice,
  );
  const { resourceRules } = rules.body.status as { resourceRules: { resources: string[] }[] };
  assert.ok(resourceRules.some(({ resources }) => resources.includes("configmaps")));
  const who = await server.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, asAlice);
  assert.deepEqual(who.body.status, { userInfo: { username: "alice", groups: ["system:authenticated"] } });
  const other = await server.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    spec: { user: "alice", resourceAttributes: { verb: "get", resource: "secrets", namespace: "default" } },
  });
  assert.deepEqual(other.body.status, { allowed: false });
});

test("impersonation may name a uid and extra values; each needs a right of its own", async () => {
  await using server = await startTestServer();
  const extra = { "impersonate-extra-team%2fName": "a, b", "impersonate-extra-bad%": "c" };
  const headers = { "impersonate-user": "alice", "impersonate-uid": "7", ...extra };
  const who = await server.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, { headers });
  const said = { uid: "7", groups: ["system:authenticated"], extra: { "team/name": ["a", "b"], "bad%": ["c"] } };
  assert.deepEqual(who.body.status, { userInfo: { username: "alice", ...said } });
  const alone = await server.ask("GET", "secrets", undefined, { headers: { "impersonate-uid": "7" } });
  assert.deepEqual([alone.status, alone.body.message], [500, "requested [uid] impersonation without impersonating a user"]);

  const rules = [{ verbs: ["impersonate"], apiGroups: [""], resources: ["users"] }];
  const roleRef = { ...ROLE_REF, kind: "ClusterRole", name: "actor" };
  await server.ask("POST", `${RBAC}/clusterroles`, { metadata: { name: "actor" }, rules });
  const subjects = [{ kind: "User", name: "alice", apiGroup: ROLE_REF.apiGroup }];
  await server.ask("POST", `${RBAC}/clusterrolebindings`, { metadata: { name: "actor" }, subjects, roleRef });
  for (const [header, plural] of [
    ["impersonate-uid", "uids"],
    ["impersonate-extra-team", "userextras/team"],
  ] as const) {
    const denied = await server.ask("GET", "secrets", undefined, { ...asAlice, headers: { "impersonate-user": "bob", [header]: "7" } });
    const what = `cannot impersonate resource "${plural}" in API group "authentication.k8s.io" at the cluster scope`;
    assert.equal(denied.body.message, `${plural}.authentication.k8s.io "7" is forbidden: User "alice" ${what}`);
  }
});

test("masters act as others, and then have the others' rights", async () => {
  await using server = await startTestServer();
  const headers = { "impersonate-user": "alice", "impersonate-group": "dev" };
  const who = await server.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, { headers });
  assert.deepEqual(who.body.status, { userInfo: { username: "alice", groups: ["dev", "system:authenticated"] } });
  assert.equal((await server.ask("GET", "secrets", undefined, { headers })).status, 403);
  assert.equal((await server.ask("GET", "secrets", undefined, { ...asAlice, headers: { "impersonate-user": "admin" } })).status, 403);
});
