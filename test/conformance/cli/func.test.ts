/** cli.md 7.3: what func depends on, sentence by sentence. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../../src/api/meta/object.ts";
import { eventually } from "../../e2e/harness.ts";
import { CORE, knativeService, names, section, SERVING, type Api, type Json, type Rows } from "./section.ts";

const encoded = (query: Readonly<Record<string, string>>) => new URLSearchParams(query).toString();
const FUNCTION = `${SERVING}/services/greet`;

/** A function's Service, as func labels it. */
async function deployed(api: Api): Promise<void> {
  const service = knativeService("greet", "func") as { metadata: Json; spec: Json } & Json;
  const labels = { "function.knative.dev": "true", "function.knative.dev/name": "greet", "function.knative.dev/runtime": "node" };
  await api.expect(201, "POST", `${SERVING}/services`, { ...service, metadata: { name: "greet", labels } });
  await api.until(FUNCTION, "Ready", "True");
}

/** A request from outside, which starts the first instance. */
async function called(api: Api): Promise<string> {
  const { status } = await api.object(FUNCTION);
  const answer = await api.kinetic.get(new URL(String(status?.["url"])).hostname);
  assert.equal(answer.status, 200, answer.body);
  return answer.body;
}

const DEPLOY: Rows = {
  "deploy: the namespace dapr-system is a 404": async (api) => {
    assert.equal((await api.expect(404, "GET", "/api/v1/namespaces/dapr-system"))["reason"], "NotFound");
  },
  "deploy: Secrets, ConfigMaps, claims and ServiceAccounts that are not there are 404s": async (api) => {
    for (const plural of ["secrets", "configmaps", "persistentvolumeclaims", "serviceaccounts"]) {
      const status = await api.expect(404, "GET", `${CORE}/${plural}/absent`);
      assert.equal(status["message"], `${plural} "absent" not found`);
    }
  },
  "deploy: the default ServiceAccount is there": async (api) => {
    assert.equal((await api.object(`${CORE}/serviceaccounts/default`)).metadata.name, "default");
  },
  "deploy: Pods are watched by their Service's label, and the log of user-container is streamed": async (api) => {
    const from = await api.revision(`${CORE}/pods`);
    await called(api);
    const events = await api.events(`${CORE}/pods`, { resourceVersion: from, labelSelector: "serving.knative.dev/service=greet" });
    assert.equal(events[0]?.type, "ADDED");
    const pod = events[0].object.metadata.name ?? "";
    const sinceTime = new Date(Date.parse(events[0].object.metadata.creationTimestamp ?? "") - 1000).toISOString();
    const log = await api.ask("GET", `${CORE}/pods/${pod}/log?${encoded({ container: "user-container", sinceTime, tailLines: "10" })}`);
    assert.deepEqual([log.status, log.headers["content-type"]], [200, "text/plain"]);
  },
  "deploy: a PUT of the Service makes the next revision": async (api) => {
    const found = await api.object(FUNCTION);
    const changed = structuredClone(found) as unknown as { spec: { template: { spec: Json } } };
    changed.spec.template.spec = { ...changed.spec.template.spec, timeoutSeconds: 30 };
    await api.expect(200, "PUT", FUNCTION, changed);
    const ready = await api.until(FUNCTION, "Ready", "True");
    assert.equal(ready.status?.["latestReadyRevisionName"], "greet-00002");
  },
  "deploy: Pods that are Pending are listed by the labels of revision and Service": async (api) => {
    const query = (phase: string, revision: string) =>
      encoded({
        labelSelector: `serving.knative.dev/revision=${revision},serving.knative.dev/service=greet`,
        fieldSelector: `status.phase=${phase}`,
      });
    assert.deepEqual(await api.list(`${CORE}/pods?${query("Pending", "greet-00002")}`), []);
    await called(api);
    await eventually("one runs", async () => assert.equal((await api.list(`${CORE}/pods?${query("Running", "greet-00002")}`)).length, 1));
  },
  "deploy: a Route has the name of its Service": async (api) => {
    const route = await api.object(`${SERVING}/routes/greet`);
    assert.equal(route.status?.["url"], (await api.object(FUNCTION)).status?.["url"]);
  },
};

interface DeploymentObject extends KubeObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { name: string; image: string }[] } } };
}

const DESCRIBE: Rows = {
  "describe: the Deployment of a revision is found by its label and has user-container with the image": async (api) => {
    const revision = String((await api.object(FUNCTION)).status?.["latestCreatedRevisionName"]);
    const query = encoded({ labelSelector: `serving.knative.dev/revision=${revision}` });
    const found = (await api.list(`/apis/apps/v1/namespaces/default/deployments?${query}`)) as readonly DeploymentObject[];
    assert.deepEqual(names(found), [`${revision}-deployment`]);
    const container = found[0]?.spec.template.spec.containers.find(({ name }) => name === "user-container");
    assert.match(container?.image ?? "", /^kinetic\.local\/hello/);
  },
  "describe: Routes are found by the label of their Service": async (api) => {
    assert.deepEqual(names(await api.list(`${SERVING}/routes?${encoded({ labelSelector: "serving.knative.dev/service=greet" })}`)), [
      "greet",
    ]);
  },
  "describe: a Service that is not there is a 404": async (api) => {
    assert.equal((await api.expect(404, "GET", `${SERVING}/services/raw`))["reason"], "NotFound");
  },
  "list: all Services, actualReplicas of the latest ready revision, core Services by the function's label": async (api) => {
    const services = await api.list(`${SERVING}/services`);
    assert.ok(names(services).includes("greet"));
    await eventually("one instance is counted", async () => {
      assert.equal((await api.object(`${SERVING}/revisions/greet-00002`)).status?.["actualReplicas"], 1);
    });
    assert.deepEqual(await api.list(`${CORE}/services?${encoded({ labelSelector: "function.knative.dev/name" })}`), []);
  },
  "invoke: the URL in status.url answers": async (api) => {
    assert.match(await called(api), /Hello func from greet-00002/);
  },
};

const DELETE: Rows = {
  "delete: Foreground, and a watch that ends with DELETED": async (api) => {
    const { metadata } = await api.object(FUNCTION);
    await api.expect(200, "DELETE", FUNCTION, { propagationPolicy: "Foreground" });
    const query = { resourceVersion: metadata.resourceVersion ?? "", fieldSelector: "metadata.name=greet" };
    await eventually("DELETED", async () => assert.equal((await api.events(`${SERVING}/services`, query)).at(-1)?.type, "DELETED"));
    assert.equal((await api.expect(404, "GET", `${CORE}/services/greet`))["reason"], "NotFound");
  },
  "delete: what is left of a function goes by collections": async (api) => {
    const query = encoded({ labelSelector: "function.knative.dev/name=greet" });
    const metadata = { name: "left", labels: { "function.knative.dev/name": "greet" } };
    await api.expect(201, "POST", `${CORE}/secrets`, { metadata });
    for (const plural of ["secrets", "configmaps", "persistentvolumeclaims", "services"]) {
      await api.expect(200, "DELETE", `${CORE}/${plural}?${query}`);
      assert.deepEqual(await api.list(`${CORE}/${plural}?${query}`), [], plural);
    }
  },
};

const TRIGGERS: Rows = {
  "the trigger's spec.filter is {} when it is left out; triggers are posted and listed": async (api) => {
    const folder = "/apis/eventing.knative.dev/v1/namespaces/default/triggers";
    const ref = { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "greet" };
    const posted = { metadata: { name: "greet-trigger" }, spec: { broker: "default", subscriber: { ref } } };
    const made = await api.expect(201, "POST", folder, posted);
    assert.deepEqual((made["spec"] as { filter: unknown }).filter, {});
    const [listed] = (await api.list(folder)) as unknown as readonly { spec: { filter: unknown } }[];
    assert.deepEqual(listed?.spec.filter, {});
    await api.expect(200, "DELETE", `${folder}/greet-trigger`);
  },
};

section("cli.md 7.3", { ...DEPLOY, ...DESCRIBE, ...TRIGGERS, ...DELETE }, { prepare: deployed });
