import assert from "node:assert/strict";
import test from "node:test";
import { configurationKind, type Configuration } from "../../../api/serving/configuration.ts";
import { podAutoscalerKind } from "../../../api/autoscaling-internal/podautoscaler.ts";
import { revisionKind, type Revision } from "../../../api/serving/revision.ts";
import { routeKind } from "../../../api/serving/route.ts";
import { knativeServiceKind } from "../../../api/serving/service.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import type { KubeObject } from "../../../api/meta/object.ts";
import { HELLO, Life, NAMESPACE, texts } from "./fixtures/life.ts";

const FATAL = "fatal: DATABASE_URL is not set\n";
const NO_READY_REVISION = 'Configuration "hello" does not have any ready Revision.';

const waiting = (reason: string, message: string) => ({
  containerStatuses: [
    { name: "user-container", ready: false, restartCount: 0, image: "", imageID: "", state: { waiting: { reason, message } } },
  ],
});
const crashed = {
  containerStatuses: [
    {
      name: "user-container",
      ready: false,
      restartCount: 1,
      image: "",
      imageID: "",
      state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } },
      lastState: { terminated: { exitCode: 1, reason: "Error", message: FATAL } },
    },
  ],
};

async function startingHello(): Promise<Life> {
  const life = new Life();
  await life.applyService(HELLO);
  return life;
}

const revisionOf = (life: Life) => texts(life.get(revisionKind, "hello-00001")).filter((text) => !text.startsWith("Active"));

test("a crash is said at once, with exit code and last words, up to the Service", async () => {
  const life = await startingHello();
  await life.pod("hello-00001", crashed);
  const failed = `Container failed with: ${FATAL}`;
  assert.deepEqual(revisionOf(life).slice(0, 2), [`ContainerHealthy=False/ExitCode1 "${failed}"`, `Ready=False/ExitCode1 "${failed}"`]);
  assert.deepEqual(texts(life.get(configurationKind, "hello")), [
    `Ready=False/RevisionFailed "Revision "hello-00001" failed with message: ${failed}."`,
  ]);
  assert.deepEqual(texts(life.get(knativeServiceKind, "hello")), [
    `ConfigurationsReady=False/RevisionFailed "Revision "hello-00001" failed with message: ${failed}."`,
    `Ready=False/RevisionMissing "${NO_READY_REVISION}"`,
    `RoutesReady=False/RevisionMissing "${NO_READY_REVISION}"`,
  ]);
  assert.ok(life.world.events.includes('Warning LatestCreatedFailed Latest created revision "hello-00001" has failed'));
});

test("an image that cannot be pulled is said at once under the kubelet's reason", async () => {
  const life = await startingHello();
  await life.pod("hello-00001", waiting("ErrImagePull", "no such image"));
  assert.ok(revisionOf(life).includes('ResourcesAvailable=False/ErrImagePull "no such image"'));
  assert.ok(revisionOf(life).includes('Ready=False/ErrImagePull "no such image"'));
});

test("a pod that fits nowhere makes the revision Unschedulable", async () => {
  const life = await startingHello();
  const conditions = [
    { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes are available: 1 Insufficient cpu." },
  ];
  await life.pod("hello-00001", { conditions });
  assert.ok(revisionOf(life).includes('Ready=False/Unschedulable "0/1 nodes are available: 1 Insufficient cpu."'));
});

test("a program that listens on another port is unhealthy in the node's words", async () => {
  const life = await startingHello();
  const conditions = [{ type: "Ready", status: "False", reason: "ListensOnOtherPort", message: "8080, expected 41013" }];
  await life.pod("hello-00001", { conditions });
  assert.ok(revisionOf(life).includes('ContainerHealthy=False/ListensOnOtherPort "8080, expected 41013"'));
});

test("a pod that the node calls ListensOnOtherPort in its status is said so", async () => {
  const life = await startingHello();
  const conditions = [
    { type: "Ready", status: "False", reason: "ContainersNotReady", message: "containers with unready status: [user-container]" },
  ];
  const message = "ListensOnOtherPort: 8080, expected 41013";
  await life.pod("hello-00001", { reason: "ListensOnOtherPort", message, conditions });
  assert.ok(revisionOf(life).includes(`Ready=False/ListensOnOtherPort "${message}"`));
});

test("a program that runs and does not become ready says why while it is waited for", async () => {
  const life = await startingHello();
  const why = "connection refused (the program listens on no port; it is expected on 41013, see PORT)";
  const startedAt = "2025-01-01T00:00:00Z";
  const message = `containers with unready status: [user-container]: ${why}`;
  const status = {
    conditions: [{ type: "Ready", status: "False", reason: "ContainersNotReady", message }],
    containerStatuses: [
      { name: "user-container", ready: false, restartCount: 0, image: "", imageID: "", state: { running: { startedAt } } },
    ],
  };
  await life.pod("hello-00001", status);
  assert.ok(
    revisionOf(life).every((text) => !text.includes(why)),
    "a start may take its time",
  );
  await life.world.clock.advance(3_000);
  await life.again("hello-00001");
  assert.ok(revisionOf(life).some((text) => text.startsWith("Ready=Unknown/Deploying") && text.includes(why)));
  const timedOut = {
    type: "Progressing",
    status: "False",
    reason: "ProgressDeadlineExceeded",
    message: 'ReplicaSet "x" has timed out progressing.',
  };
  await life.deploymentSays("hello-00001", { conditions: [timedOut] });
  assert.ok(revisionOf(life).includes(`Ready=False/ProgressDeadlineExceeded "ReplicaSet "x" has timed out progressing. ${why}"`));
});

test("Active says why requests need not wait, until an instance starts anew or nothing is wanted", async () => {
  const life = await startingHello();
  const active = () => texts(life.get(revisionKind, "hello-00001")).find((text) => text.startsWith("Active"));
  await life.pod("hello-00001", crashed);
  assert.equal(active(), `Active=False/CrashLoopBackOff "Container failed with: ${FATAL}"`);
  await life.pod("hello-00001", waiting("ContainerCreating", ""));
  assert.match(active() ?? "", /^Active=Unknown\/Deploying /);
  await life.pod("hello-00001", crashed);
  await life.scaledToZero("hello-00001", true);
  assert.match(active() ?? "", /^Active=False\/NoTraffic /);
});

test("creating a container is no failure", async () => {
  const life = await startingHello();
  await life.pod("hello-00001", waiting("ContainerCreating", ""));
  assert.ok(revisionOf(life).every((text) => text.includes("=Unknown/Deploying ")));
});

test("a failure that passes ends in Ready", async () => {
  const life = await startingHello();
  await life.pod("hello-00001", crashed);
  await life.instancesReady("hello-00001");
  assert.deepEqual(revisionOf(life), ["ContainerHealthy=True", "Ready=True", "ResourcesAvailable=True"]);
});

test("pods that may not be created fail the revision with the reason of the ReplicaSet", async () => {
  const life = await startingHello();
  const message = 'pods "x" is forbidden: error looking up service account life/nosuch: serviceaccount "nosuch" not found';
  await life.deploymentSays("hello-00001", { conditions: [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }] });
  assert.ok(revisionOf(life).includes(`Ready=False/FailedCreate "${message}"`));
});

test("a missed progress deadline gives the revision up, and the cause outlives the pods", async () => {
  const life = await startingHello();
  await life.pod("hello-00001", crashed);
  const message = 'ReplicaSet "hello-00001-deployment-1" has timed out progressing.';
  await life.deploymentSays("hello-00001", {
    conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message }],
  });
  assert.equal(life.get(podAutoscalerKind, "hello-00001").spec.reachability, "Unreachable");
  const before = revisionOf(life);
  assert.ok(before.includes(`Ready=False/ExitCode1 "Container failed with: ${FATAL}"`));
  assert.ok(before.includes(`ResourcesAvailable=False/ProgressDeadlineExceeded "${message}"`));
  await life.noPods("hello-00001");
  await life.scaledToZero("hello-00001", false);
  assert.deepEqual(revisionOf(life), before);
});

test("a revision that the autoscaler gave up without a cause never achieved its initial scale", async () => {
  const life = await startingHello();
  await life.scaledToZero("hello-00001", false);
  assert.ok(revisionOf(life).includes('Ready=False/ProgressDeadlineExceeded "Initial scale was never achieved"'));
});

test("a digest that cannot be resolved is said at once and tried again; the pod gets the digest", async () => {
  let answers = 0;
  const life = new Life({
    resolveDigest: async () => {
      answers += 1;
      return answers === 1 ? { kind: "failed", message: "no such host" } : { kind: "ok", digest: "sha256:abc" };
    },
  });
  await life.applyService({ template: { spec: { containers: [{ image: "registry.test/hello:v1" }] } } });
  const why = 'Unable to fetch image "registry.test/hello:v1": failed to resolve image to digest: no such host';
  assert.deepEqual(revisionOf(life).slice(0, 2), [
    `ContainerHealthy=False/ContainerMissing "${why}"`,
    `Ready=False/ContainerMissing "${why}"`,
  ]);
  assert.ok(life.world.events.includes(`Warning InternalError ${why}`));
  await life.world.clock.advance(1_000);
  await life.again("hello-00001");
  assert.deepEqual(life.get(revisionKind, "hello-00001").status?.containerStatuses, [
    { name: "user-container", imageDigest: "registry.test/hello@sha256:abc" },
  ]);
});

test("a digest is looked up with the pull secrets of the revision", async () => {
  const asked: (readonly string[])[] = [];
  const life = new Life({
    resolveDigest: async (_reference, _signal, secrets) => {
      asked.push(((await secrets?.()) ?? []).map(({ name, json }) => `${name} ${json}`));
      return { kind: "ok", digest: "sha256:abc" };
    },
  });
  const metadata = { name: "regcred", namespace: NAMESPACE };
  life.world.put({ apiVersion: "v1", kind: "Secret", metadata, data: { ".dockercfg": btoa("text") } } as KubeObject);
  const spec = { imagePullSecrets: [{ name: "regcred" }], containers: [{ image: "registry.test/hello:v1" }] };
  await life.applyService({ template: { spec } });
  await life.again("hello-00001");
  assert.deepEqual(asked, [[`${NAMESPACE}/regcred text`]], "once a revision");
});

test("traffic to a revision that does not exist is said at once", async () => {
  const life = new Life();
  await life.applyService({ ...HELLO, traffic: [{ revisionName: "hello-00009", percent: 100 }] });
  const text = '"Revision "hello-00009" referenced in traffic not found."';
  assert.ok(texts(life.get(routeKind, "hello")).includes(`AllTrafficAssigned=False/RevisionMissing ${text}`));
  assert.ok(texts(life.get(knativeServiceKind, "hello")).includes(`Ready=False/RevisionMissing ${text}`));
});

const foreign = (kind: "Configuration" | "Route", spec: object) =>
  ({ apiVersion: "serving.knative.dev/v1", kind, metadata: { name: "hello", namespace: NAMESPACE }, spec }) as KubeObject;

test("a Configuration of that name that is not ours stops the Service", async () => {
  const life = new Life();
  life.world.put(foreign("Configuration", HELLO) as Configuration);
  await life.applyService(HELLO);
  const text = '"There is an existing Configuration "hello" that we do not own."';
  assert.ok(texts(life.get(knativeServiceKind, "hello")).includes(`Ready=False/NotOwned ${text}`));
  assert.ok(life.world.events.includes('Warning InternalError service: "hello" does not own configuration: "hello"'));
  assert.equal(life.world.list(routeKind).length, 0);
});

test("a Route of that name that is not ours stops the Service", async () => {
  const life = new Life();
  life.world.put(foreign("Route", { traffic: [{ configurationName: "other", percent: 100 }] }));
  await life.applyService(HELLO);
  const text = '"There is an existing Route "hello" that we do not own."';
  assert.ok(texts(life.get(knativeServiceKind, "hello")).includes(`Ready=False/NotOwned ${text}`));
  assert.ok(life.world.events.includes('Warning InternalError service: "hello" does not own route: "hello"'));
});

test("a revision name of the user's choice that is taken sends no traffic there", async () => {
  const life = new Life();
  const taken = {
    apiVersion: "serving.knative.dev/v1",
    kind: "Revision",
    metadata: { name: "hello-v1", namespace: NAMESPACE },
    spec: HELLO.template.spec,
  };
  life.world.put(taken as unknown as Revision);
  await life.applyService({ template: { metadata: { name: "hello-v1" }, spec: HELLO.template.spec } });
  assert.ok(texts(life.get(knativeServiceKind, "hello")).some((text) => text.startsWith("RoutesReady=False/RevisionNameTaken")));
  assert.ok(texts(life.get(configurationKind, "hello"))[0]?.startsWith("Ready=False/RevisionFailed"));
  assert.equal(life.world.list(routeKind).length, 0);
});

test("a Route by itself says which Configuration it misses", async () => {
  const life = new Life();
  await life.apply(
    routeKind as unknown as Kind,
    { metadata: { name: "alone" }, spec: { traffic: [{ configurationName: "none", percent: 100 }] } } as KubeObject,
  );
  assert.ok(
    texts(life.get(routeKind, "alone")).includes(
      'Ready=False/ConfigurationMissing "Configuration "none" referenced in traffic not found."',
    ),
  );
});
