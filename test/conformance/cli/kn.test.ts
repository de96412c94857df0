/** cli.md 7.4: what kn depends on, sentence by sentence. */
import assert from "node:assert/strict";
import { eventually } from "../../e2e/harness.ts";
import { conditionOf, CORE, knativeService, section, SERVING, type Api, type Condition, type Json, type Rows } from "./section.ts";

const SERVICES = `${SERVING}/services`;
const GREET = `${SERVICES}/greet`;

async function create(api: Api): Promise<void> {
  await api.expect(201, "POST", SERVICES, knativeService("greet"));
  await api.until(GREET, "Ready", "True");
}

type Template = { metadata: Json; spec: { containers: readonly Json[] } & Json };

/** A Service like the others, with its template changed. */
function changed(name: string, change: (template: Template) => void): Json {
  const service = structuredClone(knativeService(name)) as { spec: { template: Template } } & Json;
  change(service.spec.template);
  return service;
}

async function denied(api: Api, method: string, path: string, body: Json): Promise<string> {
  return String((await api.expect(400, method, path, body))["message"]);
}

const WEBHOOK = 'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: ';

const STATUS: Rows = {
  "the conditions of a Service that is ready": async (api) => {
    const { status } = await api.object(GREET);
    const conditions = (status?.["conditions"] ?? []) as readonly Condition[];
    assert.deepEqual(
      conditions.map(({ type, status: is }) => `${type}=${is}`),
      ["ConfigurationsReady=True", "Ready=True", "RoutesReady=True"],
    );
  },
  "the Ready condition of one that is not has a reason and a message": async (api) => {
    const missing = changed("missing", ({ spec }) => Object.assign(spec, { containers: [{ image: "kinetic.local/nobody-built-this" }] }));
    await api.expect(201, "POST", SERVICES, missing);
    const found = await api.until(`${SERVICES}/missing`, "Ready", "False");
    const ready = conditionOf(found, "Ready");
    assert.equal(ready?.reason, "RevisionMissing");
    assert.match(ready.message ?? "", /^Configuration "missing" does not have any ready Revision/);
    const configuration = conditionOf(found, "ConfigurationsReady");
    assert.equal(configuration?.reason, "RevisionFailed");
    assert.match(configuration.message ?? "", /nobody-built-this/);
    await api.expect(200, "DELETE", `${SERVICES}/missing`);
  },
  "observedGeneration follows generation": async (api) => {
    const { metadata, status } = await api.object(GREET);
    assert.equal(status?.["observedGeneration"], metadata.generation);
  },
  "status.url and status.address.url": async (api) => {
    const { status } = await api.object(GREET);
    assert.match(String(status?.["url"]), /^http:\/\/greet\.default\.localhost(:\d+)?$/);
    assert.deepEqual(status?.["address"], { url: "http://greet.default.svc.cluster.local" });
  },
  "latestCreatedRevisionName and latestReadyRevisionName": async (api) => {
    const { status } = await api.object(GREET);
    assert.deepEqual([status?.["latestCreatedRevisionName"], status?.["latestReadyRevisionName"]], ["greet-00001", "greet-00001"]);
  },
  "status.traffic has revisionName, latestRevision, percent, tag and url": async (api) => {
    const service = await api.object(GREET);
    const traffic = [
      { latestRevision: true, percent: 100 },
      { revisionName: "greet-00001", percent: 0, tag: "old" },
    ];
    await api.expect(200, "PUT", GREET, { ...service, spec: { ...service.spec, traffic } } as unknown as Json);
    const { status } = await api.until(GREET, "Ready", "True");
    const [latest, old] = (status?.["traffic"] ?? []) as readonly Json[];
    assert.deepEqual(latest, { latestRevision: true, percent: 100, revisionName: "greet-00001" });
    const { url, ...rest } = old ?? {};
    assert.deepEqual(rest, { latestRevision: false, percent: 0, revisionName: "greet-00001", tag: "old" });
    assert.match(String(url), /^http:\/\/old-greet\.default\.localhost/);
  },
};

const REVISION: Rows = {
  "labels of a revision: service, configuration, configurationGeneration, routingState": async (api) => {
    const { metadata } = await api.object(`${SERVING}/revisions/greet-00001`);
    const of = (name: string) => metadata.labels?.[`serving.knative.dev/${name}`];
    assert.deepEqual(["service", "configuration", "configurationGeneration", "routingState"].map(of), ["greet", "greet", "1", "active"]);
  },
  "annotation serving.knative.dev/routes of a revision": async (api) => {
    await eventually("the routes", async () => {
      const { metadata } = await api.object(`${SERVING}/revisions/greet-00001`);
      assert.equal(metadata.annotations?.["serving.knative.dev/routes"], "greet");
    });
  },
  "containerStatuses have the digest of the image": async (api) => {
    const { status } = await api.object(`${SERVING}/revisions/greet-00001`);
    const [container] = (status?.["containerStatuses"] ?? []) as readonly { name: string; imageDigest: string }[];
    assert.equal(container?.name, "user-container");
    assert.match(container.imageDigest, /^kinetic\.local\/hello@sha256:[0-9a-f]{64}$/);
  },
  "actualReplicas and desiredReplicas": async (api) => {
    assert.equal((await api.kinetic.get("greet.default.localhost")).status, 200);
    await eventually("one instance is counted", async () => {
      const { status } = await api.object(`${SERVING}/revisions/greet-00001`);
      assert.deepEqual([status?.["actualReplicas"], status?.["desiredReplicas"]], [1, 1]);
    });
  },
};

const WRITES: Rows = {
  "defaults: traffic to the latest revision, names, concurrency and timeout as Serving's": async (api) => {
    await api.expect(201, "POST", SERVICES, knativeService("bare"));
    const { spec } = await api.object(`${SERVICES}/bare`);
    assert.deepEqual(spec?.["traffic"], [{ latestRevision: true, percent: 100 }]);
    const { spec: template } = (spec?.["template"] ?? {}) as { spec: Json };
    assert.deepEqual([template["containerConcurrency"], template["timeoutSeconds"], template["enableServiceLinks"]], [0, 300, false]);
    const [container] = template["containers"] as readonly Json[];
    assert.deepEqual([container?.["name"], container?.["resources"]], ["user-container", {}]);
    assert.deepEqual(container?.["readinessProbe"], { successThreshold: 1, tcpSocket: { port: 0 } });
    await api.expect(200, "DELETE", `${SERVICES}/bare`);
  },
  "refusals are in the words of Serving's webhook": async (api) => {
    const two = changed("bad", ({ spec }) => Object.assign(spec, { containerConcurrency: -1 }));
    assert.equal(await denied(api, "POST", SERVICES, two), `${WEBHOOK}expected 0 <= -1 <= 1000: spec.template.spec.containerConcurrency`);
    const none = changed("bad", ({ spec }) => Object.assign(spec, { containers: [{}] }));
    assert.equal(await denied(api, "POST", SERVICES, none), `${WEBHOOK}missing field(s): spec.template.spec.containers[0].image`);
  },
  "the server names revisions SERVICE-00001 and so on": async (api) => {
    const service = await api.object(GREET);
    const next = structuredClone(service) as unknown as { spec: { template: Template } };
    Object.assign(next.spec.template.spec, { timeoutSeconds: 20 });
    await api.expect(200, "PUT", GREET, next as unknown as Json);
    assert.equal((await api.until(GREET, "Ready", "True")).status?.["latestReadyRevisionName"], "greet-00002");
  },
  "a name of one's own is taken, and refused for another spec": async (api) => {
    const named = (timeoutSeconds: number) =>
      changed("named", (template) => {
        template.metadata = { ...template.metadata, name: "named-first" };
        Object.assign(template.spec, { timeoutSeconds });
      });
    await api.expect(201, "POST", SERVICES, named(10));
    const ready = await api.until(`${SERVICES}/named`, "Ready", "True");
    assert.equal(ready.status?.["latestReadyRevisionName"], "named-first");
    const refused = await denied(api, "PUT", `${SERVICES}/named`, { ...named(20), metadata: { ...ready.metadata } });
    assert.match(refused, /Saw the following changes without a name change \(-old \+new\): spec\.template\.metadata\.name/);
    assert.equal((await api.list(`${CORE}/pods?labelSelector=serving.knative.dev%2Fservice%3Dnamed`)).length, 0);
  },
};

section("cli.md 7.4", { ...STATUS, ...REVISION, ...WRITES }, { prepare: create });
