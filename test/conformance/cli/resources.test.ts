/** cli.md 7.2: the resources that kn and func use, a test for each row of its table. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../../src/api/meta/object.ts";
import { eventually } from "../../e2e/harness.ts";
import { CORE, knativeService, names, section, SERVING, type Api, type Json, type Rows } from "./section.ts";

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const ALL = ["create", "delete", "get", "list", "patch", "update", "watch"];

/** Resources of a group, as discovery names them. */
async function discovered(api: Api, path: string): Promise<Map<string, Resource>> {
  const { resources } = (await api.expect(200, "GET", path)) as { resources?: readonly Resource[] };
  return new Map((resources ?? []).map((resource) => [resource.name, resource]));
}

async function haveVerbs(api: Api, path: string, plurals: readonly string[], verbs: readonly string[]): Promise<void> {
  const found = await discovered(api, path);
  for (const plural of plurals) {
    const missing = verbs.filter((verb) => !found.get(plural)?.verbs.includes(verb));
    assert.deepEqual(missing, [], `${path} ${plural}`);
  }
}

/** get, list, create, update and delete of one object, as kn and func ask for them. */
async function cycle(api: Api, folder: string, body: Json, change: Json): Promise<void> {
  const { name } = body["metadata"] as { name: string };
  const path = `${folder}/${name}`;
  const made = (await api.expect(201, "POST", folder, body)) as unknown as KubeObject;
  assert.ok(made.metadata.uid);
  assert.ok(names(await api.list(folder)).includes(name));
  const updated = await api.expect(200, "PUT", path, { ...(await api.object(path)), ...change } as unknown as Json);
  assert.deepEqual((updated as unknown as KubeObject).metadata.uid, made.metadata.uid);
  for (const [field, value] of Object.entries(change)) assert.deepEqual(updated[field], value, field);
  await api.expect(200, "DELETE", path);
}

const labels = { app: "x" };
const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "kinetic.local/hello" }] } };
const workload = { replicas: 0, selector: { matchLabels: labels }, template };

const KNATIVE: Rows = {
  "serving.knative.dev/v1: services, revisions, configurations, routes": async (api) => {
    await haveVerbs(api, "/apis/serving.knative.dev/v1", ["services", "revisions", "configurations", "routes"], ALL);
    for (const plural of ["services", "revisions", "configurations", "routes"]) await api.list(`${SERVING}/${plural}`);
    await cycle(api, `${SERVING}/services`, knativeService("cycled"), {});
  },
  "serving.knative.dev/v1beta1: domainmappings": async (api) => {
    await haveVerbs(api, "/apis/serving.knative.dev/v1beta1", ["domainmappings"], ALL);
    const folder = "/apis/serving.knative.dev/v1beta1/namespaces/default/domainmappings";
    const path = `${folder}/cycled.example.com`;
    const spec = (name: string) => ({ ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name, namespace: "default" } });
    const metadata = { name: "cycled.example.com" };
    await api.expect(201, "POST", folder, {
      apiVersion: "serving.knative.dev/v1beta1",
      kind: "DomainMapping",
      metadata,
      spec: spec("one"),
    });
    const settled = await eventually("its controller has seen it", async () => {
      const found = await api.object(path);
      assert.equal((found["status"] as Json | undefined)?.["observedGeneration"], 1);
      return found;
    });
    assert.ok(names(await api.list(folder)).includes(metadata.name));
    assert.deepEqual((await api.expect(200, "PUT", path, { ...settled, spec: spec("two") }))["spec"], spec("two"));
    await api.expect(200, "DELETE", path);
  },
  "apiextensions.k8s.io/v1: the definitions of Knative's kinds are listed, with labels, names and served versions": async (api) => {
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const all = (await api.list(path)) as readonly (KubeObject & { spec: { names: Json; versions: readonly { served: boolean }[] } })[];
    const services = all.find(({ metadata }) => metadata.name === "services.serving.knative.dev");
    assert.deepEqual([services?.spec.names["kind"], services?.spec.names["plural"]], ["Service", "services"]);
    assert.deepEqual(
      services?.spec.versions.map(({ served }) => served),
      [true],
    );
    assert.equal(services?.metadata.labels?.["knative.dev/crd-install"], "true");
    const labelled = await api.list(`${path}?labelSelector=knative.dev%2Fcrd-install%3Dtrue`);
    assert.ok(names(labelled).includes("routes.serving.knative.dev"));
    // What kn asks for to list source and channel types; an empty list is an answer, too.
    for (const duck of ["source", "channel"]) await api.list(`${path}?labelSelector=duck.knative.dev%2F${duck}%3Dtrue`);
  },
};

const USED = ["get", "list", "create", "update", "delete"];
const sink = { uri: "http://sink.example.com/" };

/** create, get, list, update and delete; its controller writes its status meanwhile. */
async function eventingCycle(api: Api, group: string, plural: string, spec: Json): Promise<void> {
  const folder = `/apis/${group}/namespaces/default/${plural}`;
  const metadata = { name: "cycled" };
  await api.expect(201, "POST", folder, { metadata, spec });
  assert.ok(names(await api.list(folder)).includes("cycled"));
  await eventually("an update meets no newer version", async () => {
    const found = await api.object(`${folder}/cycled`);
    const labelled = { ...found, metadata: { ...found.metadata, labels: { touched: "yes" } } };
    assert.equal((await api.ask("PUT", `${folder}/cycled`, labelled as unknown as Json)).status, 200);
  });
  await api.expect(200, "DELETE", `${folder}/cycled`);
}

const EVENTING: Rows = {
  "eventing.knative.dev/v1: brokers, triggers; v1beta2: eventtypes": async (api) => {
    await haveVerbs(api, "/apis/eventing.knative.dev/v1", ["brokers", "triggers"], [...USED, "watch"]);
    await haveVerbs(api, "/apis/eventing.knative.dev/v1beta2", ["eventtypes"], USED);
    await eventingCycle(api, "eventing.knative.dev/v1", "brokers", {});
    await eventingCycle(api, "eventing.knative.dev/v1", "triggers", { broker: "b", subscriber: sink });
    await eventingCycle(api, "eventing.knative.dev/v1beta2", "eventtypes", { type: "t" });
  },
  "messaging.knative.dev/v1: channels, subscriptions, inmemorychannels": async (api) => {
    await haveVerbs(api, "/apis/messaging.knative.dev/v1", ["channels", "subscriptions", "inmemorychannels"], USED);
    await eventingCycle(api, "messaging.knative.dev/v1", "channels", {});
    const channel = { apiVersion: "messaging.knative.dev/v1", kind: "Channel", name: "c" };
    await eventingCycle(api, "messaging.knative.dev/v1", "subscriptions", { channel, subscriber: sink });
  },
  "sources.knative.dev/v1: pingsources, apiserversources, sinkbindings, containersources": async (api) => {
    const plurals = ["pingsources", "apiserversources", "sinkbindings", "containersources"];
    await haveVerbs(api, "/apis/sources.knative.dev/v1", plurals, USED);
    await eventingCycle(api, "sources.knative.dev/v1", "pingsources", { sink });
    await eventingCycle(api, "sources.knative.dev/v1", "apiserversources", { sink, resources: [{ apiVersion: "v1", kind: "Event" }] });
    const subject = { apiVersion: "apps/v1", kind: "Deployment", name: "none" };
    await eventingCycle(api, "sources.knative.dev/v1", "sinkbindings", { sink, subject });
    const pod = { spec: { containers: [{ image: "kinetic.local/hello" }] } };
    await eventingCycle(api, "sources.knative.dev/v1", "containersources", { sink, template: pod });
  },
  "source and channel definitions have the labels by which kn finds them": async (api) => {
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?labelSelector=";
    const sources = names(await api.list(`${path}duck.knative.dev%2Fsource%3Dtrue`));
    const known = ["apiserversources", "containersources", "pingsources", "sinkbindings"];
    assert.deepEqual(
      sources.toSorted(),
      known.map((plural) => `${plural}.sources.knative.dev`),
    );
    const channels = names(await api.list(`${path}messaging.knative.dev%2Fsubscribable%3Dtrue`));
    assert.deepEqual(channels.toSorted(), ["channels.messaging.knative.dev", "inmemorychannels.messaging.knative.dev"]);
  },
};

const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };

const KUBERNETES: Rows = {
  "core v1: secrets, configmaps, persistentvolumeclaims, serviceaccounts, namespaces": async (api) => {
    const metadata = { name: "cycled" };
    const data = { a: "Yg==" };
    await cycle(api, `${CORE}/secrets`, { metadata }, { data });
    await cycle(api, `${CORE}/configmaps`, { metadata }, { data });
    await cycle(api, `${CORE}/persistentvolumeclaims`, { metadata, spec }, {});
    await cycle(api, `${CORE}/serviceaccounts`, { metadata }, { imagePullSecrets: [{ name: "registry" }] });
    await cycle(api, "/api/v1/namespaces", { metadata }, {});
  },
  "core v1: pods, pods/log, services": async (api) => {
    await haveVerbs(api, "/api/v1", ["pods", "services"], ["get", "list", "watch", "create", "delete"]);
    const found = await discovered(api, "/api/v1");
    assert.deepEqual(found.get("pods/log")?.verbs, ["get"]);
    for (const subresource of ["pods/attach", "pods/exec", "pods/portforward"]) assert.ok(found.has(subresource), subresource);
    await cycle(api, `${CORE}/services`, { metadata: { name: "cycled" }, spec: { ports: [{ port: 80 }] } }, {});
  },
  "apps/v1: deployments, replicasets": async (api) => {
    await haveVerbs(api, "/apis/apps/v1", ["deployments", "replicasets"], ["get", "list", "create", "update"]);
    const folder = "/apis/apps/v1/namespaces/default";
    await api.expect(201, "POST", `${folder}/deployments`, { metadata: { name: "none" }, spec: workload });
    await api.expect(200, "DELETE", `${folder}/deployments/none`);
    await cycle(api, `${folder}/replicasets`, { metadata: { name: "none" }, spec: workload }, {});
  },
};

/** What func looks for in the discovery; it goes on without when the answer is a 404. */
const ABSENT: Rows = Object.fromEntries(
  ["tekton.dev/v1", "pipelinesascode.tekton.dev/v1alpha1", "http.keda.sh/v1alpha1", "route.openshift.io/v1", "functions.dev/v1alpha1"].map(
    (group): [string, (api: Api) => Promise<void>] => [
      `${group}: 404, in discovery and for what is deleted there`,
      async (api) => {
        const discovery = await api.ask("GET", `/apis/${group}`);
        assert.deepEqual([discovery.status, discovery.text], [404, "404 page not found\n"]);
        const deletion = await api.ask("DELETE", `/apis/${group}/namespaces/default/things?labelSelector=function.knative.dev%2Fname%3Df`);
        assert.equal(deletion.status, 404);
      },
    ],
  ),
);

section("cli.md 7.2", { ...KNATIVE, ...EVENTING, ...KUBERNETES, ...ABSENT });
