import assert from "node:assert/strict";
import test from "node:test";
import { deploymentKind } from "../../../api/apps/deployment.ts";
import { podAutoscalerKind } from "../../../api/autoscaling-internal/podautoscaler.ts";
import { serviceKind } from "../../../api/core/service.ts";
import { ingressKind } from "../../../api/networking-internal/ingress.ts";
import { configurationKind } from "../../../api/serving/configuration.ts";
import { revisionKind } from "../../../api/serving/revision.ts";
import { routeKind } from "../../../api/serving/route.ts";
import { knativeServiceKind } from "../../../api/serving/service.ts";
import { shippedConfigMaps } from "../../../api/config/shipped.ts";
import { keyOf } from "../../../api/meta/object.ts";
import { INTERNAL_GATEWAY } from "../../../api/names/services.ts";
import { HELLO, Life, NAMESPACE, texts } from "./fixtures/life.ts";

const WAITING = 'Configuration "hello" is waiting for a Revision to become ready.';

async function readyHello(options = {}): Promise<Life> {
  const life = new Life(options);
  await life.applyService(HELLO);
  await life.instancesReady("hello-00001");
  await life.programmed();
  life.said.length = 0;
  life.world.events.length = 0;
  return life;
}

const readies = (life: Life) => life.said.map((line) => line.split("; ").find((text) => text.startsWith("Ready=")));
const changed = <T>(list: readonly T[]) => list.filter((item, index) => item !== list[index - 1]);

test("create to Ready: the Service says in order what real Knative says", async () => {
  const life = new Life();
  await life.applyService(HELLO);
  await life.instancesReady("hello-00001");
  await life.programmed();
  assert.deepEqual(changed(readies(life)), [
    'Ready=Unknown/OutOfDate "The Route is still working to reflect the latest desired specification."',
    `Ready=Unknown/RevisionMissing "${WAITING}"`,
    'Ready=Unknown/IngressNotConfigured "Ingress has not yet been reconciled."',
    "Ready=True",
  ]);
  assert.deepEqual(life.world.events, [
    'Normal Created Created Configuration "hello"',
    'Normal Created Created Route "hello"',
    'Normal Created Created Revision "hello-00001"',
    "Normal RevisionReady Revision becomes ready upon all resources being ready",
    'Normal LatestReadyUpdate LatestReadyRevisionName updated to "hello-00001"',
    "Normal ConfigurationReady Configuration becomes ready",
    'Normal Created Created placeholder service "hello"',
    'Normal Created Created Ingress "hello"',
  ]);
});

test("a Ready Service has the status, children, labels and annotations of real Knative", async () => {
  const life = await readyHello();
  const { conditions: _conditions, ...status } = life.get(knativeServiceKind, "hello").status ?? {};
  assert.deepEqual(status, {
    address: { url: "http://hello.life.svc.cluster.local" },
    latestCreatedRevisionName: "hello-00001",
    latestReadyRevisionName: "hello-00001",
    observedGeneration: 1,
    traffic: [{ latestRevision: true, percent: 100, revisionName: "hello-00001" }],
    url: "http://hello.life.example.com",
  });
  const revision = life.get(revisionKind, "hello-00001");
  assert.deepEqual(texts(revision), ["Active=True", "ContainerHealthy=True", "Ready=True", "ResourcesAvailable=True"]);
  assert.equal(revision.metadata.labels?.["serving.knative.dev/routingState"], "active");
  assert.equal(revision.metadata.annotations?.["serving.knative.dev/routes"], "hello");
  assert.deepEqual(life.get(podAutoscalerKind, "hello-00001").spec, {
    protocolType: "http1",
    reachability: "Reachable",
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "hello-00001-deployment" },
  });
});

test("the pod is the user's container with the runtime contract's environment and no sidecar", async () => {
  const life = new Life();
  const containers = [{ image: "dev.local/hello:v1", env: [{ name: "TARGET", value: "one" }] }];
  await life.applyService({ template: { spec: { containers } } });
  const deployment = life.get(deploymentKind, "hello-00001-deployment");
  assert.deepEqual(deployment.spec?.template.spec?.containers, [
    {
      name: "user-container",
      image: "dev.local/hello:v1",
      resources: {},
      readinessProbe: { successThreshold: 1, tcpSocket: { port: 8080 } },
      terminationMessagePolicy: "FallbackToLogsOnError",
      ports: [{ name: "user-port", containerPort: 8080, protocol: "TCP" }],
      env: [
        { name: "TARGET", value: "one" },
        { name: "PORT", value: "8080" },
        { name: "K_REVISION", value: "hello-00001" },
        { name: "K_CONFIGURATION", value: "hello" },
        { name: "K_SERVICE", value: "hello" },
      ],
    },
  ]);
  assert.equal(deployment.spec?.template.spec?.terminationGracePeriodSeconds, 300);
  assert.deepEqual(deployment.spec?.template.metadata?.annotations, {
    "kubectl.kubernetes.io/default-container": "user-container",
    "serving.knative.dev/creator": "admin",
  });
});

test("the Ingress has a rule for inside and one for outside, and the rollout annotation", async () => {
  const life = await readyHello();
  const { metadata, spec } = life.get(ingressKind, "hello");
  const appendHeaders = { "Knative-Serving-Namespace": "life", "Knative-Serving-Revision": "hello-00001" };
  const splits = [{ appendHeaders, percent: 100, serviceName: "hello-00001", serviceNamespace: "life", servicePort: 80 }];
  assert.deepEqual(spec, {
    httpOption: "Enabled",
    rules: [
      {
        hosts: ["hello.life", "hello.life.svc", "hello.life.svc.cluster.local"],
        http: { paths: [{ splits }] },
        visibility: "ClusterLocal",
      },
      { hosts: ["hello.life.example.com"], http: { paths: [{ splits }] }, visibility: "ExternalIP" },
    ],
  });
  assert.deepEqual(metadata.annotations, {
    "networking.internal.knative.dev/rollout": JSON.stringify({
      configurations: [
        { configurationName: "hello", percent: 100, revisions: [{ revisionName: "hello-00001", percent: 100 }], stepParams: {} },
      ],
    }),
    "networking.knative.dev/ingress.class": "kinetic.ingress.networking.knative.dev",
    "serving.knative.dev/creator": "admin",
    "serving.knative.dev/lastModifier": "admin",
  });
  assert.equal(life.get(serviceKind, "hello").spec?.externalName, "gateway.inside");
});

test("a placeholder points to our gateway from the start, to another's once the Ingress tells, and to the host until then", async () => {
  const names: (string | undefined)[] = [];
  for (const annotations of [{}, { "networking.knative.dev/ingress-class": "other.example.com" }]) {
    const life = new Life();
    await life.applyService(HELLO, { annotations });
    await life.instancesReady("hello-00001");
    names.push(life.get(serviceKind, "hello").spec?.externalName);
    await life.programmed();
    names.push(life.get(serviceKind, "hello").spec?.externalName);
  }
  assert.deepEqual(names, [INTERNAL_GATEWAY.host, "gateway.inside", "hello.life.example.com", "gateway.inside"]);
});

test("looking again changes nothing", async () => {
  const life = await readyHello();
  await life.applyService({ ...HELLO, traffic: [{ latestRevision: true, percent: 100, tag: "current" }] });
  await life.programmed();
  life.world.writes.length = 0;
  await life.again("hello", "hello-00001", "current-hello");
  assert.deepEqual(life.world.writes, []);
});

test("a second revision takes over once it is ready; the first goes in reserve", async () => {
  const life = await readyHello();
  await life.applyService({ template: { spec: { containers: [{ image: "dev.local/hello:v2" }] } } });
  assert.ok(texts(life.get(routeKind, "hello")).includes("Ready=True"), "the Route serves the first revision meanwhile");
  await life.instancesReady("hello-00002");
  await life.programmed();
  const reasons = changed(readies(life)).map((text) => text?.replace(/ ".*/, ""));
  assert.equal(reasons[0], "Ready=Unknown/OutOfDate");
  assert.deepEqual(reasons.slice(-2), ["Ready=Unknown/IngressNotConfigured", "Ready=True"]);
  assert.equal(life.get(revisionKind, "hello-00001").metadata.labels?.["serving.knative.dev/routingState"], "reserve");
  assert.equal(life.get(revisionKind, "hello-00001").metadata.annotations?.["serving.knative.dev/routes"], undefined);
  assert.equal(life.get(podAutoscalerKind, "hello-00001").spec.reachability, "Unreachable");
  assert.equal(life.get(podAutoscalerKind, "hello-00002").spec.reachability, "Reachable");
});

async function splitHello(options = {}): Promise<Life> {
  const life = await readyHello(options);
  await life.applyService({ template: { spec: { containers: [{ image: "dev.local/hello:v2" }] } } });
  await life.instancesReady("hello-00002");
  await life.programmed();
  const { template } = life.get(knativeServiceKind, "hello").spec;
  await life.applyService({
    template,
    traffic: [
      { revisionName: "hello-00001", percent: 40, tag: "old" },
      { latestRevision: true, percent: 60, tag: "current" },
    ],
  });
  await life.programmed();
  return life;
}

test("a split with tags: status, hosts of the tags and their placeholder Services", async () => {
  const life = await splitHello();
  assert.deepEqual(life.get(knativeServiceKind, "hello").status?.traffic, [
    { latestRevision: false, percent: 40, revisionName: "hello-00001", tag: "old", url: "http://old-hello.life.example.com" },
    { latestRevision: true, percent: 60, revisionName: "hello-00002", tag: "current", url: "http://current-hello.life.example.com" },
  ]);
  const { metadata, spec } = life.get(ingressKind, "hello");
  assert.deepEqual(
    spec.rules?.map(({ hosts, http }) => [
      hosts?.at(-1),
      http?.paths[0]?.splits.map(({ serviceName, percent }) => `${serviceName} ${percent}`),
    ]),
    [
      ["hello.life.svc.cluster.local", ["hello-00001 40", "hello-00002 60"]],
      ["hello.life.example.com", ["hello-00001 40", "hello-00002 60"]],
      ["current-hello.life.svc.cluster.local", ["hello-00002 100"]],
      ["current-hello.life.example.com", ["hello-00002 100"]],
      ["old-hello.life.svc.cluster.local", ["hello-00001 100"]],
      ["old-hello.life.example.com", ["hello-00001 100"]],
    ],
  );
  assert.equal(
    metadata.annotations?.["networking.internal.knative.dev/tag-to-host"],
    JSON.stringify({
      current: ["current-hello.life.svc.cluster.local", "current-hello.life.example.com"],
      old: ["old-hello.life.svc.cluster.local", "old-hello.life.example.com"],
    }),
  );
  assert.deepEqual(
    life.world.list(serviceKind).map(({ metadata: { name } }) => name),
    ["hello", "current-hello", "old-hello"],
  );
});

test("with tag-header-based-routing the route's own name serves each tag to requests that name it", async () => {
  const configMaps = shippedConfigMaps({ domain: "example.com" }).map((configMap) =>
    configMap.metadata.name === "config-features" ? { ...configMap, data: { "tag-header-based-routing": "enabled" } } : configMap,
  );
  const life = await splitHello({ configMaps });
  const rules = (life.get(ingressKind, "hello").spec.rules ?? []).filter(({ visibility }) => visibility === "ExternalIP");
  const lines = rules.flatMap(({ hosts, http }) =>
    (http?.paths ?? []).map(({ headers, appendHeaders, splits }) => {
      const shares = splits.map(({ serviceName, percent }) => `${serviceName} ${percent}`).join(", ");
      return [hosts?.[0], headers?.["Knative-Serving-Tag"]?.exact, Object.entries(appendHeaders ?? {}).join(), shares];
    }),
  );
  assert.deepEqual(lines, [
    ["hello.life.example.com", "current", "", "hello-00002 100"],
    ["hello.life.example.com", "old", "", "hello-00001 100"],
    ["hello.life.example.com", undefined, "Knative-Serving-Default-Route,true", "hello-00001 40, hello-00002 60"],
    ["current-hello.life.example.com", undefined, "Knative-Serving-Tag,current", "hello-00002 100"],
    ["old-hello.life.example.com", undefined, "Knative-Serving-Tag,old", "hello-00001 100"],
  ]);
});

test("a rollback removes the tags' Services and puts the newest revision in reserve", async () => {
  const life = await splitHello();
  const { template } = life.get(knativeServiceKind, "hello").spec;
  await life.applyService({ template, traffic: [{ revisionName: "hello-00001", percent: 100 }] });
  await life.programmed();
  assert.deepEqual(
    life.world.list(serviceKind).map(({ metadata: { name } }) => name),
    ["hello"],
  );
  assert.equal(life.get(ingressKind, "hello").metadata.annotations?.["networking.internal.knative.dev/rollout"], "{}");
  assert.equal(life.get(revisionKind, "hello-00002").metadata.labels?.["serving.knative.dev/routingState"], "reserve");
  assert.ok(texts(life.get(knativeServiceKind, "hello")).includes("Ready=True"));
});

test("the newest revision, deleted, comes back under its name", async () => {
  const life = await splitHello();
  const newest = life.get(revisionKind, "hello-00002");
  for (const kind of [deploymentKind, podAutoscalerKind] as const) {
    life.world.remove(kind, { namespace: NAMESPACE, name: kind === deploymentKind ? "hello-00002-deployment" : "hello-00002" });
  }
  life.world.remove(revisionKind, keyOf(newest));
  await life.quiet();
  assert.notEqual(life.get(revisionKind, "hello-00002").metadata.resourceVersion, newest.metadata.resourceVersion);
  assert.equal(life.get(configurationKind, "hello").status?.latestReadyRevisionName, "hello-00001");
});

test("metadata of a Service makes no revision; min-scale patched on a Revision reaches its PodAutoscaler", async () => {
  const life = await readyHello();
  await life.applyService(life.get(knativeServiceKind, "hello").spec, { labels: { team: "a" } });
  assert.equal(life.get(configurationKind, "hello").metadata.labels?.["team"], "a");
  assert.equal(life.get(configurationKind, "hello").metadata.annotations?.["serving.knative.dev/routes"], "hello");
  assert.equal(life.world.list(revisionKind).length, 1);
  const pods = life.get(deploymentKind, "hello-00001-deployment").spec;
  const body = { metadata: { annotations: { "autoscaling.knative.dev/min-scale": "2" } } };
  await life.world.client.patch(revisionKind, { namespace: NAMESPACE, name: "hello-00001" }, { type: "merge", body });
  await life.quiet();
  assert.equal(life.get(podAutoscalerKind, "hello-00001").metadata.annotations?.["autoscaling.knative.dev/min-scale"], "2");
  assert.deepEqual(life.get(deploymentKind, "hello-00001-deployment").spec, pods, "no pod is replaced for it");
});

test("status.url carries the gateway's port, and hosts do not", async () => {
  const life = await readyHello({ externalPort: 8080, configMaps: shippedConfigMaps() });
  assert.equal(life.get(knativeServiceKind, "hello").status?.url, "http://hello.life.localhost:8080");
  assert.deepEqual(life.get(ingressKind, "hello").spec.rules?.[1]?.hosts, ["hello.life.localhost"]);
});

test("a cluster-local Service has one rule and one name", async () => {
  const life = new Life();
  await life.applyService(HELLO, { labels: { "networking.knative.dev/visibility": "cluster-local" } });
  await life.instancesReady("hello-00001");
  await life.programmed();
  const { status } = life.get(knativeServiceKind, "hello");
  assert.deepEqual([status?.url, status?.address?.url], ["http://hello.life.svc.cluster.local", "http://hello.life.svc.cluster.local"]);
  assert.deepEqual(
    life.get(ingressKind, "hello").spec.rules?.map(({ visibility }) => visibility),
    ["ClusterLocal"],
  );
  assert.equal(life.get(ingressKind, "hello").metadata.labels?.["networking.knative.dev/visibility"], "cluster-local");
});

test("a tag whose placeholder is labelled cluster-local is taken from outside", async () => {
  const life = await splitHello();
  const placeholder = life.get(serviceKind, "old-hello");
  const labels = { ...placeholder.metadata.labels, "networking.knative.dev/visibility": "cluster-local" };
  await life.world.client.update(serviceKind, { ...placeholder, metadata: { ...placeholder.metadata, labels } });
  await life.quiet();
  const hosts = life.get(ingressKind, "hello").spec.rules?.flatMap((rule) => rule.hosts ?? []);
  assert.ok(hosts?.includes("old-hello.life.svc.cluster.local"));
  assert.ok(!hosts?.includes("old-hello.life.example.com"));
  assert.equal(life.get(routeKind, "hello").status?.traffic?.[0]?.url, "http://old-hello.life.svc.cluster.local");
});

test("initial-scale 0 makes a Deployment at zero that is Ready without an instance", async () => {
  const life = new Life();
  const metadata = { annotations: { "autoscaling.knative.dev/initial-scale": "0" } };
  await life.applyService({ template: { metadata, ...HELLO.template } });
  assert.equal(life.get(deploymentKind, "hello-00001-deployment").spec?.replicas, 0);
  await life.scaledToZero("hello-00001", true);
  assert.deepEqual(texts(life.get(revisionKind, "hello-00001")).slice(1), [
    "ContainerHealthy=True",
    "Ready=True",
    "ResourcesAvailable=True",
  ]);
});

test("at zero after having served, a revision stays Ready and only Active says NoTraffic", async () => {
  const life = await readyHello();
  await life.scaledToZero("hello-00001", true);
  assert.deepEqual(texts(life.get(revisionKind, "hello-00001")), [
    'Active=False/NoTraffic "The target is not receiving traffic."',
    "ContainerHealthy=True",
    "Ready=True",
    "ResourcesAvailable=True",
  ]);
  assert.deepEqual(life.said, [], "the Service has nothing to say about it");
});
