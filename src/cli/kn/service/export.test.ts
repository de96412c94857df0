import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { revision, service } from "../fixtures/objects.ts";
import { runScripted, type Script } from "../fixtures/scripted.ts";

const BASE = "/apis/serving.knative.dev/v1/namespaces/kn";

/** A service as a server has it, at its second revision, with a share of the first. */
const hello = service("hello", {
  metadata: {
    uid: "u",
    labels: { team: "a", "serving.knative.dev/serviceUID": "u" },
    annotations: { "serving.knative.dev/creator": "admin", "serving.knative.dev/lastModifier": "admin" },
  },
  spec: {
    template: {
      metadata: {
        name: "hello-two",
        labels: { team: "a" },
        annotations: { "client.knative.dev/user-image": "i:v1", "client.knative.dev/updateTimestamp": "2026-11-23T20:00:42Z" },
      },
      spec: {
        containerConcurrency: 10,
        containers: [{ image: "i:v1", name: "user-container", resources: {}, env: [{ name: "B", value: "2" }] }],
        timeoutSeconds: 300,
      },
    },
    traffic: [
      { latestRevision: true, percent: 60, tag: "latest" },
      { revisionName: "hello-00001", percent: 40, latestRevision: false },
    ],
  },
  status: { latestReadyRevisionName: "hello-two" },
});
const generation = (count: number) => ({
  "serving.knative.dev/configurationGeneration": String(count),
  "serving.knative.dev/configurationUID": "c",
});
const revisionOf = (name: string, count: number, annotations: Record<string, string>) => {
  const made = revision("hello", count);
  return { ...made, metadata: { ...made.metadata, name, labels: generation(count), annotations } };
};
const first = revisionOf("hello-00001", 1, {
  "client.knative.dev/user-image": "i:v0",
  "serving.knative.dev/routingStateModified": "2026-11-23T20:00:46Z",
});
const second = revisionOf("hello-two", 2, {});

const SCRIPT: Script = {
  [`GET ${BASE}/services/hello`]: [{ body: hello }],
  [`GET ${BASE}/revisions`]: [{ body: { items: [second, first] } }],
};

test("service export prints what import reads: the service without what a server sets", async () => {
  const ran = await runScripted(["service", "export", "hello", "-o", "yaml"], SCRIPT);
  assert.equal(
    ran.stdout,
    `apiVersion: client.knative.dev/v1alpha1
kind: Export
metadata: {}
spec:
  revisions: null
  service:
    apiVersion: serving.knative.dev/v1
    kind: Service
    metadata:
      labels:
        team: a
      name: hello
    spec:
      template:
        metadata:
          annotations:
            client.knative.dev/user-image: i:v1
          labels:
            team: a
          name: hello-two
        spec:
          containerConcurrency: 10
          containers:
          - env:
            - name: B
              value: "2"
            image: i:v1
            name: user-container
            resources: {}
          timeoutSeconds: 300
    status: {}
`,
  );
  assert.deepEqual(ran.calls, [`GET ${BASE}/services/hello`]);
});

test("service export --with-revisions adds routed revisions, oldest first, and the traffic with names", async () => {
  const ran = await runScripted(["service", "export", "hello", "--with-revisions", "-o", "json"], SCRIPT);
  const { spec } = JSON.parse(ran.stdout) as { spec: { service: typeof hello; revisions: (typeof first)[] } };
  assert.deepEqual(spec.service.spec.traffic, [
    { latestRevision: true, percent: 60, tag: "latest", revisionName: "hello-two" },
    { revisionName: "hello-00001", percent: 40, latestRevision: false },
  ]);
  assert.deepEqual(
    spec.revisions.map(({ apiVersion, kind, metadata, status }) => ({ apiVersion, kind, metadata, status })),
    [
      {
        apiVersion: "serving.knative.dev/v1",
        kind: "Revision",
        metadata: {
          name: "hello-00001",
          labels: { "serving.knative.dev/configurationGeneration": "1" },
          annotations: { "client.knative.dev/user-image": "i:v0" },
        },
        status: {},
      },
    ],
  );
  assert.deepEqual(ran.calls[1], `GET ${BASE}/revisions?labelSelector=serving.knative.dev/service=hello`);
});

test("service export --mode replay prints services for kubectl: one for each routed revision, then the service", async () => {
  const alone = await runScripted(["service", "export", "hello", "--mode", "replay", "-o", "yaml"], SCRIPT);
  const only = parse(alone.stdout) as typeof hello;
  assert.deepEqual([only.kind, only.metadata.name, only.spec.traffic], ["Service", "hello", undefined]);
  const all = await runScripted(["service", "export", "hello", "--mode=replay", "--with-revisions", "-o", "yaml"], SCRIPT);
  const list = parse(all.stdout) as { kind: string; apiVersion: string; items: (typeof hello)[] };
  assert.deepEqual([list.kind, list.apiVersion], ["List", "v1"]);
  assert.deepEqual(
    list.items.map(({ metadata, spec }) => [metadata.name, spec.template.metadata?.name, spec.traffic?.length]),
    [
      ["hello", "hello-00001", undefined],
      ["hello", "hello-two", 2],
    ],
  );
  assert.deepEqual(list.items[1]?.spec.traffic?.[0], { latestRevision: true, percent: 60, tag: "latest" }); // as servers take it
  assert.deepEqual(list.items[0]?.spec.template.metadata?.annotations, { "client.knative.dev/user-image": "i:v0" });
});

test("service export refuses what it cannot do", async () => {
  const said = async (...args: string[]) => (await runScripted(["service", "export", ...args], SCRIPT)).stderr;
  const hint = "Run 'kn service export --help' for usage\n";
  assert.equal(await said("hello"), `Error: 'kn service export' requires output format\n${hint}`);
  assert.equal(await said(), `Error: 'kn service export' requires name of the service as single argument\n${hint}`);
  const none = await runScripted(["service", "export", "hello", "--with-revisions", "-o", "yaml"], {
    ...SCRIPT,
    [`GET ${BASE}/revisions`]: [{ body: { items: [] } }],
  });
  assert.match(none.stderr, /^Error: no revisions found for the service hello\n/);
});
