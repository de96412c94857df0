/** What programs written with @kubernetes/client-node expect, against a real platform. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  loadAllYaml,
  Log,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  Watch,
  type KubernetesObject,
  type V1ConfigMap,
} from "@kubernetes/client-node";
import { requires } from "../../../src/testing/requirements.ts";
import { eventually, startKinetic } from "../../e2e/harness.ts";
import { buildProgram } from "../../e2e/images.ts";

const TALKER = `import { createServer } from "node:http"; console.log("I am here");
  createServer((_, answer) => answer.end("ok\\n")).listen(Number(process.env.PORT));`;

const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: js }
data: { color: blue }
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: hello, namespace: js }
spec:
  template:
    metadata: { annotations: { autoscaling.knative.dev/initial-scale: "0" } }
    spec: { containers: [{ image: kinetic.local/talker, env: [{ name: COLOR, value: blue }] }] }
`;

interface Client {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly objects: KubernetesObjectApi;
}

const namespace = "js";
const CONFIG_MAPS = `/api/v1/namespaces/${namespace}/configmaps`;

test("@kubernetes/client-node", { skip: requires("linux"), timeout: 120_000 }, async (t) => {
  const platform = await startKinetic(t);
  await buildProgram(platform.dataDir, "talker", TALKER);
  const config = new KubeConfig();
  config.loadFromFile(platform.running.kubeconfig);
  const client = { config, core: config.makeApiClient(CoreV1Api), objects: KubernetesObjectApi.makeApiClient(config) };
  await client.core.createNamespace({ body: { metadata: { name: namespace } } });
  await eventually("kube-root-ca.crt", () => client.core.readNamespacedConfigMap({ name: "kube-root-ca.crt", namespace }));
  for (const [name, run] of Object.entries({ ...LISTS, ...CHANGES, ...WATCHES })) await t.test(name, () => run(client, t));
});

type Test = (client: Client, t: TestContext) => Promise<void>;

function makeMap(core: CoreV1Api, name: string, rest: Partial<V1ConfigMap> = {}): Promise<V1ConfigMap> {
  return core.createNamespacedConfigMap({ namespace, body: { ...rest, metadata: { name, ...rest.metadata } } });
}

/** The exception of a call that the server refuses. */
async function refusal(call: Promise<unknown>): Promise<{ code: number; reason: string; message: string }> {
  const error = await call.then(() => undefined).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof ApiException, String(error));
  const { reason, message } = JSON.parse(String(error.body)) as { reason: string; message: string };
  return { code: error.code, reason, message };
}

const LISTS: Readonly<Record<string, Test>> = {
  "lists go page by page and select": async ({ core }) => {
    for (const name of ["a", "b", "c"]) await makeMap(core, name, { metadata: { labels: { letter: name } } });
    const first = await core.listNamespacedConfigMap({ namespace, labelSelector: "letter", limit: 2 });
    const rest = await core.listNamespacedConfigMap({ namespace, labelSelector: "letter", ...continued(first.metadata?._continue) });
    assert.deepEqual(
      [first, rest].map(({ items }) => items.map((item) => item.metadata?.name)),
      [["a", "b"], ["c"]],
    );
    const one = await core.listNamespacedConfigMap({ namespace, fieldSelector: "metadata.name=b", labelSelector: "letter notin (a)" });
    assert.deepEqual(
      one.items.map((item) => item.metadata?.labels),
      [{ letter: "b" }],
    );
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: "letter" });
    assert.equal((await core.listNamespacedConfigMap({ namespace, labelSelector: "letter" })).items.length, 0);
  },
  "refusals are exceptions with a Status": async ({ core }) => {
    const absent = await refusal(core.readNamespacedConfigMap({ name: "absent", namespace }));
    assert.deepEqual(absent, { code: 404, reason: "NotFound", message: 'configmaps "absent" not found' });
    await makeMap(core, "twice");
    assert.equal((await refusal(makeMap(core, "twice"))).reason, "AlreadyExists");
  },
};

const continued = (token: string | undefined) => (token === undefined ? {} : { _continue: token });

const CHANGES: Readonly<Record<string, Test>> = {
  "every kind of patch": async ({ core, config, objects }) => {
    await makeMap(core, "patched", { data: { a: "1", b: "2" } });
    const patch = (body: unknown, kind: PatchStrategy, more = {}) =>
      core.patchNamespacedConfigMap({ name: "patched", namespace, body, ...more }, setHeaderOptions("Content-Type", kind));
    assert.deepEqual((await patch({ data: { a: null } }, PatchStrategy.MergePatch)).data, { b: "2" });
    assert.deepEqual((await patch([{ op: "add", path: "/data/c", value: "3" }], PatchStrategy.JsonPatch)).data, { b: "2", c: "3" });
    assert.deepEqual((await patch({ data: { b: null } }, PatchStrategy.StrategicMergePatch)).data, { c: "3" });
    const applied = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "patched", namespace }, data: { d: "4" } };
    assert.deepEqual((await patch(applied, PatchStrategy.ServerSideApply, { fieldManager: "js" })).data, { c: "3", d: "4" });
    const conflicting = { ...applied, data: { d: "5" } };
    const refused = await refusal(objects.patch(conflicting, undefined, undefined, "other", undefined, PatchStrategy.ServerSideApply));
    assert.deepEqual([refused.code, refused.reason], [409, "Conflict"]);
    assert.equal((await config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace })).items.length, 0);
  },
  "YAML is applied by KubernetesObjectApi, twice": async ({ objects, core }) => {
    for (const color of ["blue", "green"]) {
      for (const object of loadAllYaml(MANIFEST.replaceAll("blue", color)) as KubernetesObject[]) {
        await objects.patch(object, undefined, undefined, "js", true, PatchStrategy.ServerSideApply);
      }
    }
    assert.deepEqual((await core.readNamespacedConfigMap({ name: "settings", namespace })).data, { color: "green" });
    const header = { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name: "hello", namespace } };
    await eventually("the second revision is ready", async () => {
      const { status } = (await objects.read(header)) as { status?: { latestReadyRevisionName?: string } };
      assert.equal(status?.latestReadyRevisionName, "hello-00002");
    });
    const listed = await objects.list("serving.knative.dev/v1", "Revision", namespace);
    assert.deepEqual(listed.items.map(({ metadata }) => metadata?.name).toSorted(), ["hello-00001", "hello-00002"]);
  },
  "CustomObjectsApi reads and deletes Knative's kinds": async ({ config }) => {
    const custom = config.makeApiClient(CustomObjectsApi);
    const where = { group: "serving.knative.dev", version: "v1", namespace, plural: "services" };
    const { items } = (await custom.listNamespacedCustomObject(where)) as { items: KubernetesObject[] };
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name),
      ["hello"],
    );
    await custom.deleteNamespacedCustomObject({ ...where, name: "hello", propagationPolicy: "Foreground" });
    await eventually("it is gone", async () => {
      assert.equal((await refusal(custom.getNamespacedCustomObject({ ...where, name: "hello" }))).code, 404);
    });
  },
};

const WATCHES: Readonly<Record<string, Test>> = {
  "a watch replays changes in order": async ({ config, core }) => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    await makeMap(core, "watched");
    await core.deleteNamespacedConfigMap({ name: "watched", namespace });
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const query = { resourceVersion: metadata?.resourceVersion, timeoutSeconds: 1, allowWatchBookmarks: true };
    const note = (type: string, object: KubernetesObject) => void (type === "BOOKMARK" || seen.push(`${type} ${object.metadata?.name}`));
    await new Watch(config).watch(CONFIG_MAPS, query, note, resolve);
    await promise; // the server ends it after its timeout
    assert.deepEqual(seen, ["ADDED watched", "DELETED watched"]);
  },
  "an informer follows": async ({ config, core }, t) => {
    const informer = makeInformer<V1ConfigMap>(config, CONFIG_MAPS, () => core.listNamespacedConfigMap({ namespace }));
    t.after(() => informer.stop());
    const seen: string[] = [];
    for (const verb of ["add", "update", "delete"] as const) {
      informer.on(verb, ({ metadata }) => void (metadata?.name === "followed" && seen.push(verb)));
    }
    await informer.start();
    await makeMap(core, "followed");
    await core.patchNamespacedConfigMap(
      { name: "followed", namespace, body: { data: { a: "1" } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    await eventually("an update", async () => assert.deepEqual(seen, ["add", "update"]));
    assert.deepEqual(informer.get("followed", namespace)?.data, { a: "1" });
    await core.deleteNamespacedConfigMap({ name: "followed", namespace });
    await eventually("a deletion", async () => assert.deepEqual(seen, ["add", "update", "delete"]));
  },
  "the log of a Pod is followed": async ({ config, core }) => {
    const containers = [{ name: "main", image: "kinetic.local/talker", env: [{ name: "PORT", value: "0" }] }];
    await core.createNamespacedPod({ namespace, body: { metadata: { name: "talker" }, spec: { containers } } });
    await eventually("it runs", async () => {
      assert.equal((await core.readNamespacedPod({ name: "talker", namespace })).status?.phase, "Running");
    });
    const stream = new PassThrough();
    await new Log(config).log(namespace, "talker", "main", stream, { follow: true });
    await once(stream, "readable");
    const whole = text(stream);
    await core.deleteNamespacedPod({ name: "talker", namespace, gracePeriodSeconds: 1 });
    assert.equal(await whole, "I am here\n"); // it ends with the container
  },
};
