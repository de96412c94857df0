import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterRole, PolicyRule } from "../../api/k8s/types.generated.ts";
import { clusterRoleKind } from "../../api/rbac/cluster-role.ts";
import { World } from "../../testing/world.ts";
import { clusterRoles } from "./rbac.ts";
import { AUTOUPDATE, BOOTSTRAP_LABEL, keepRole, updatedRole } from "./role-upkeep.ts";

const view = clusterRoles().find(({ metadata }) => metadata?.name === "view") ?? assert.fail();
const READ = ["get", "list", "watch"];
const USER_GROUPS = ["", "apps", "discovery.k8s.io", "events.k8s.io", "serving.knative.dev"];
const tooWide: PolicyRule = { apiGroups: USER_GROUPS, resources: ["*"], verbs: READ };
const own: PolicyRule = { apiGroups: ["example.com"], resources: ["things"], verbs: ["get"] };

function existing(rules: readonly PolicyRule[], change: { labels?: object; annotations?: object } = {}): ClusterRole {
  const labels = { [BOOTSTRAP_LABEL]: "rbac-defaults" };
  return { metadata: { name: "view", labels, ...change }, rules: [...rules] } as ClusterRole;
}

test("a role that an earlier version made too wide is narrowed, and keeps what the user added", () => {
  const updated = updatedRole(existing([tooWide, own]), view);
  assert.deepEqual(updated?.rules, [...(view.rules ?? []), own]);
  assert.equal(updated?.metadata?.annotations?.[AUTOUPDATE], "true");
});

test("rules that are missing come back, those that newer ones cover go, and then nothing changes", () => {
  const [first, ...others] = view.rules ?? [];
  const less = existing([{ ...first, resources: ["pods"] } as PolicyRule, ...others]);
  const updated = updatedRole(less, view);
  assert.deepEqual(updated?.rules, view.rules);
  assert.equal(updatedRole(updated as ClusterRole, view), undefined);
  assert.equal(updatedRole(structuredClone(view), view), undefined);
});

test("a role that the user took over, or made, stays", () => {
  assert.equal(updatedRole(existing([tooWide], { annotations: { [AUTOUPDATE]: "false" } }), view), undefined);
  assert.equal(updatedRole(existing([tooWide], { labels: {} }), view), undefined);
});

test("a rule for single names is nobody else's", () => {
  const named = { apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["a"] };
  assert.deepEqual(updatedRole(existing([...(view.rules ?? []), named]), view)?.rules, [...(view.rules ?? []), named]);
});

test("at a start the role of an old data directory is brought up to date", async () => {
  const old = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", ...existing([tooWide]) };
  const world = new World({ objects: [old as never] });
  await keepRole(world.client, view);
  assert.deepEqual(world.get(clusterRoleKind, { namespace: "", name: "view" })?.rules, view.rules);
  await keepRole(world.client, { ...view, metadata: { ...view.metadata, name: "new" } });
  assert.notEqual(world.get(clusterRoleKind, { namespace: "", name: "new" }), undefined);
});
