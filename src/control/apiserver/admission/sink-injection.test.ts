import assert from "node:assert/strict";
import { test } from "node:test";
import { deploymentKind } from "../../../api/apps/deployment.ts";
import type { Deployment } from "../../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import type { SinkBinding } from "../../../api/sources/sink-binding.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import { SinkInjection } from "./sink-injection.ts";

const BINDING: SinkBinding = {
  metadata: { name: "b", namespace: "ns" },
  spec: { subject: { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns", name: "d" } },
  status: { sinkUri: "http://sink" },
};

function envAfter({ bindings = [BINDING], labels = {}, own = {} }: { bindings?: SinkBinding[]; labels?: object; own?: object } = {}) {
  const plugin = new SinkInjection({ bindings: () => bindings, namespaceLabels: () => ({ ...labels }) });
  const draft = {
    metadata: { name: "d", namespace: "ns", labels: own },
    spec: { selector: {}, template: { metadata: {}, spec: { containers: [{ name: "c" }] } } },
  } as Deployment & KubeObject;
  const kind = deploymentKind as unknown as Kind;
  plugin.admit(draft, { kind, namespace: "ns", subresource: "", user: "u", manager: undefined, dryRun: false, warnings: [] });
  return draft.spec?.template.spec?.containers[0]?.env?.map(({ name, value }) => `${name}=${value ?? ""}`);
}

test("a workload that a SinkBinding means gets the sink when it is written", () => {
  assert.deepEqual(envAfter(), ["K_SINK=http://sink", "K_CE_OVERRIDES="]);
});

test("nothing is injected by a binding that goes, that has no sink yet, or where it is excluded", () => {
  const exclude = { "bindings.knative.dev/exclude": "true" };
  const going: SinkBinding = { ...BINDING, metadata: { ...BINDING.metadata, deletionTimestamp: "2026-11-24T00:00:00Z" } };
  assert.equal(envAfter({ bindings: [going] }), undefined);
  assert.equal(envAfter({ bindings: [{ ...BINDING, status: {} }] }), undefined);
  assert.equal(envAfter({ labels: exclude }), undefined);
  assert.equal(envAfter({ own: exclude }), undefined);
});
