import assert from "node:assert/strict";
import { test } from "node:test";
import { deploymentKind } from "../../../api/apps/deployment.ts";
import type { Deployment } from "../../../api/k8s/types.generated.ts";
import { findCondition } from "../../../api/meta/conditions.ts";
import { containerSourceKind } from "../../../api/sources/container-source.ts";
import { sinkBindingKind, type SinkBinding } from "../../../api/sources/sink-binding.ts";
import { reconcileTable } from "../../../testing/reconcile-table.ts";
import { World } from "../../../testing/world.ts";
import { apiServerSourceController } from "./apiserversource/controller.ts";
import { missingPermissions } from "./apiserversource/permissions.ts";
import { containerSourceController } from "./containersource/controller.ts";
import { planeSaying } from "./fixtures/plane.ts";
import { sinkBindingController } from "./sinkbinding/controller.ts";

const SINK = { uri: "http://sink.example.com/" };
const NOBODY = new AbortController().signal;
const KEY = { namespace: "ns", name: "x" };

function deployment(name: string, labels: Record<string, string> = {}): Deployment {
  const containers = [{ name: "c", image: "i", env: [{ name: "OWN", value: "1" }] }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "ns", labels },
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: {}, spec: { containers, initContainers: [{ name: "i" }] } } },
  } as Deployment;
}

function binding(subject: object, more: object = {}): SinkBinding {
  return {
    apiVersion: "sources.knative.dev/v1",
    kind: "SinkBinding",
    metadata: { name: "x", namespace: "ns", uid: "uid-x", generation: 1, ...more },
    spec: {
      sink: SINK,
      ceOverrides: { extensions: { team: "a" } },
      subject: { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns", ...subject },
    },
  };
}

function envOf(world: World, name: string, container = 0): unknown {
  const spec = world.get(deploymentKind, { namespace: "ns", name })?.spec?.template.spec;
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])][container]?.env;
}

const INJECTED = [
  { name: "K_SINK", value: "http://sink.example.com/" },
  { name: "K_CE_OVERRIDES", value: '{"extensions":{"team":"a"}}' },
];

test("a SinkBinding puts its sink into every container of its subjects, and takes it out when it goes", async () => {
  const world = new World({
    objects: [binding({ selector: { matchLabels: { app: "a" } } }), deployment("one", { app: "a" }), deployment("two")],
  });
  const controller = sinkBindingController(world, planeSaying());
  await controller.reconcile(KEY, NOBODY);
  assert.deepEqual(envOf(world, "one"), [{ name: "OWN", value: "1" }, ...INJECTED]);
  assert.deepEqual(envOf(world, "one", 1), INJECTED);
  assert.deepEqual(envOf(world, "two"), [{ name: "OWN", value: "1" }]);
  const { status, metadata } = world.get(sinkBindingKind, KEY) ?? {};
  assert.equal(status?.sinkUri, "http://sink.example.com/");
  assert.equal(findCondition(status?.conditions, "Ready")?.status, "True");
  world.writes.length = 0;
  await controller.reconcile(KEY, NOBODY);
  assert.deepEqual(world.writes, [], "twice changes nothing");

  assert.deepEqual(metadata?.finalizers, ["sinkbindings.sources.knative.dev"]);
  await world.client.delete(sinkBindingKind, KEY);
  await controller.reconcile(KEY, NOBODY);
  assert.deepEqual(envOf(world, "one"), [{ name: "OWN", value: "1" }]);
  assert.equal(envOf(world, "one", 1), undefined);
  assert.equal(world.get(sinkBindingKind, KEY), undefined);
});

test("a SinkBinding whose subject is not there says so, and has its sink ready for it", async () => {
  const world = new World({ objects: [binding({ name: "later" })] });
  await sinkBindingController(world, planeSaying()).reconcile(KEY, NOBODY);
  const { status } = world.get(sinkBindingKind, KEY) ?? {};
  assert.partialDeepStrictEqual(findCondition(status?.conditions, "Ready"), {
    status: "False",
    reason: "SubjectMissing",
    message: 'deployments.apps "later" not found',
  });
  assert.equal(status?.sinkUri, "http://sink.example.com/");
});

const source = {
  apiVersion: "sources.knative.dev/v1",
  kind: "ContainerSource",
  metadata: { name: "x", namespace: "ns", uid: "uid-x", generation: 1 },
  spec: { sink: SINK, template: { spec: { containers: [{ name: "x-0", image: "i" }] } } },
};

const SUBJECT = { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns", name: "x-deployment" };
const bound: SinkBinding = {
  apiVersion: "sources.knative.dev/v1",
  kind: "SinkBinding",
  metadata: { name: "x-sinkbinding", namespace: "ns" },
  spec: { sink: SINK, subject: SUBJECT },
  status: { sinkUri: "http://sink.example.com/", conditions: [{ type: "Ready", status: "True" }] },
};

reconcileTable(
  (world) => containerSourceController(world),
  [
    {
      name: "a ContainerSource makes its SinkBinding first, and no Pod before the sink is known",
      world: [source],
      key: "ns/x",
      writes: [
        {
          verb: "create",
          kind: "SinkBinding",
          key: "ns/x-sinkbinding",
          partial: { spec: { sink: SINK, subject: SUBJECT } },
        },
        { verb: "status", kind: "ContainerSource", key: "ns/x" },
      ],
      settles: true,
    },
    {
      name: "the Deployment has the sink from its first Pod on",
      world: [source, bound],
      key: "ns/x",
      writes: [
        { verb: "update", kind: "SinkBinding", key: "ns/x-sinkbinding" },
        { verb: "create", kind: "Deployment", key: "ns/x-deployment" },
        { verb: "status", kind: "ContainerSource", key: "ns/x", partial: { status: { sinkUri: "http://sink.example.com/" } } },
      ],
      settles: true,
      check: (world) => {
        const env = envOf(world, "x-deployment") as { name: string }[];
        assert.deepEqual(env[0], { name: "K_SINK", value: "http://sink.example.com/" });
        const conditions = world.get(containerSourceKind, KEY)?.status?.conditions;
        assert.equal(findCondition(conditions, "SinkBindingReady")?.status, "True");
        assert.equal(findCondition(conditions, "ReceiveAdapterReady")?.status, "Unknown");
      },
    },
  ],
);

const PERMISSIONS = { user: "system:serviceaccount:ns:reader", namespaces: ["ns"], resources: [{ group: "apps", plural: "deployments" }] };

/** A client whose reviews allow these verbs. */
function allowing(...verbs: readonly string[]): World["client"] {
  const { client } = new World();
  return {
    ...client,
    create: async (_kind, review) => {
      const { spec } = review as unknown as { spec: { resourceAttributes: { verb: string } } };
      return { ...review, status: { allowed: verbs.includes(spec.resourceAttributes.verb) } };
    },
  };
}

test("what an ApiServerSource may not read is listed by verb", async () => {
  assert.equal(await missingPermissions(allowing("get", "list", "watch"), PERMISSIONS), "");
  assert.equal(
    await missingPermissions(allowing("get"), PERMISSIONS),
    'User system:serviceaccount:ns:reader cannot list, watch resource "deployments" in API group "apps" in Namespace "ns"',
  );
});

test("an ApiServerSource that lacks permissions asks again, and one that skips the check does not", async () => {
  const spec = { sink: SINK, mode: "Resource", serviceAccountName: "reader", resources: [{ apiVersion: "v1", kind: "Event" }] };
  const object = (annotations: Record<string, string>) => ({
    apiVersion: "sources.knative.dev/v1",
    kind: "ApiServerSource",
    metadata: { name: "x", namespace: "ns", uid: "uid-x", generation: 1, annotations },
    spec,
  });
  const world = new World({ objects: [object({})] });
  const deps = Object.assign(Object.create(world) as World, { client: { ...world.client, create: allowing().create } });
  const outcome = await apiServerSourceController(deps, planeSaying()).reconcile(KEY, NOBODY);
  assert.deepEqual(outcome, { kind: "requeueAfter", afterMs: 10_000 });

  const skipping = new World({ objects: [object({ "features.knative.dev/apiserversource-skip-permissions-check": "true" })] });
  const plane = planeSaying({ sources: { "uid-x": { running: true } } });
  assert.deepEqual(await apiServerSourceController(skipping, plane).reconcile(KEY, NOBODY), { kind: "done" });
});
