import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, settle } from "../../../testing/clock.ts";
import { at, condition, READY, revision, service, unready } from "../fixtures/objects.ts";
import { NOW, runScripted, type Script } from "../fixtures/scripted.ts";

const SERVICES = "/apis/serving.knative.dev/v1/namespaces/kn/services";
const REVISIONS = "/apis/serving.knative.dev/v1/namespaces/kn/revisions";
const missing = { status: 404, body: { kind: "Status", status: "Failure", reason: "NotFound", message: "not found", code: 404 } };
const WARNING = '299 - "Kubernetes default value is insecure"';

function waiting(message: string): object {
  return { status: { conditions: [condition("Ready", "Unknown", { reason: "X", message })] } };
}

test("service list prints kn's table, sorted, and its reasons", async () => {
  const items = [
    service("hello"),
    service("bad", unready("bad", "RevisionMissing", 'Configuration "bad" is waiting for a Revision to become ready.')),
  ];
  const ran = await runScripted(["service", "list"], { [`GET ${SERVICES}`]: [{ body: { items } }] });
  assert.equal(
    ran.stdout,
    [
      "NAME    URL                           LATEST        AGE   CONDITIONS   READY     REASON",
      'bad     http://bad.kn.example.com                   48s   0 OK / 3     Unknown   RevisionMissing : Configuration "bad" is waiting for a Revision to become ready.',
      "hello   http://hello.kn.example.com   hello-00001   48s   3 OK / 3     True      ",
      "",
    ].join("\n"),
  );
});

test("service list: nothing, one name, machine-readable", async () => {
  const empty: Script = { [`GET ${SERVICES}`]: [{ body: { items: [] } }] };
  const ran = await runScripted(["service", "list", "x"], empty);
  assert.deepEqual([ran.stdout, ran.calls], ["No services found.\n", [`GET ${SERVICES}?fieldSelector=metadata.name=x`]]);
  const json = await runScripted(["service", "list", "-o", "json"], empty);
  assert.equal(json.stdout, '{\n    "apiVersion": "serving.knative.dev/v1",\n    "items": [],\n    "kind": "ServiceList"\n}\n');
  const names = await runScripted(["service", "list", "-o", "name"], { [`GET ${SERVICES}`]: [{ body: { items: [service("a")] } }] });
  assert.equal(names.stdout, "service.serving.knative.dev/a\n");
});

test("service describe prints kn's layout and reads each revision once", async () => {
  const traffic = [
    { revisionName: "hello-00001", percent: 40, tag: "old" },
    { revisionName: "hello-00002", percent: 30 },
    { revisionName: "hello-00003", percent: 30 },
    { revisionName: "hello-00003", latestRevision: true, percent: 0, tag: "latest" },
  ];
  const status = { traffic, latestCreatedRevisionName: "hello-00003", latestReadyRevisionName: "hello-00003" };
  const ran = await runScripted(["service", "describe", "hello"], {
    [`GET ${SERVICES}/hello`]: [{ body: service("hello", { status }) }],
    [`GET ${REVISIONS}/hello-00001`]: [
      { body: revision("hello", 1, { metadata: { ...revision("hello", 1).metadata, creationTimestamp: at(74) } }) },
    ],
    [`GET ${REVISIONS}/hello-00002`]: [{ body: revision("hello", 2) }],
    [`GET ${REVISIONS}/hello-00003`]: [{ body: revision("hello", 3, { status: { actualReplicas: undefined } }) }],
  });
  assert.equal(
    ran.stdout,
    `Name:       hello
Namespace:  kn
Age:        48s
URL:        http://hello.kn.example.com

Revisions:  
   30%  hello-00003 (current @latest) [3] (48s)
        Image:  dev.local/hello:v1
     +  @latest (hello-00003) #latest [3] (48s)
        Image:  dev.local/hello:v1
   30%  hello-00002 [2] (48s)
        Image:     dev.local/hello:v1
        Replicas:  1/1
   40%  hello-00001 #old [1] (1m)
        Image:     dev.local/hello:v1
        Replicas:  1/1

Conditions:  
  OK TYPE                   AGE REASON
  ++ Ready                  46s 
  ++ ConfigurationsReady    46s 
  ++ RoutesReady            46s 
`,
  );
  assert.equal(ran.calls.length, 4);
});

test("service create: GET, POST, GET, WATCH from its version, GET; progress, then the address; warnings on stderr", async () => {
  const created = { ...service("web", { metadata: { resourceVersion: "20" } }), status: {} };
  const event = (overrides: object) => ({ type: "MODIFIED", object: service("web", overrides) });
  const ran = await runScripted(["service", "create", "web", "--image", "dev.local/hello:v1", "--env", "TARGET=one"], {
    [`GET ${SERVICES}/web`]: [missing, { body: created }, { body: service("web") }],
    [`POST ${SERVICES}`]: [{ status: 201, body: created, warning: WARNING }],
    [`GET ${SERVICES}?watch`]: [
      { events: [event(waiting("a")), event(waiting("a")), { type: "ADDED", object: service("web") }, event({})] },
    ],
  });
  assert.equal(ran.stderr, "Warning: Kubernetes default value is insecure\n");
  assert.equal(
    ran.stdout,
    `Creating service 'web' in namespace 'kn':

  0.000s a
  0.000s ...
  0.000s Ready to serve.

Service 'web' created to latest revision 'web-00001' is available at URL:
http://web.kn.example.com
`,
  );
  assert.deepEqual(ran.calls, [
    `GET ${SERVICES}/web`,
    `POST ${SERVICES}`,
    `GET ${SERVICES}/web`,
    `GET ${SERVICES}?watch=true&fieldSelector=metadata.name=web&resourceVersion=20&timeoutSeconds=630`,
    `GET ${SERVICES}/web`,
  ]);
  assert.deepEqual(ran.bodies[0], {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: "web", namespace: "kn" },
    spec: {
      template: {
        metadata: {
          annotations: {
            "client.knative.dev/user-image": "dev.local/hello:v1",
            "client.knative.dev/updateTimestamp": "2026-11-23T19:56:33Z",
          },
        },
        spec: { containers: [{ name: "", image: "dev.local/hello:v1", env: [{ name: "TARGET", value: "one" }] }] },
      },
    },
  });
});

test("service create refuses a service that exists; --force replaces it, and again when somebody was faster", async () => {
  const exists: Script = { [`GET ${SERVICES}/web`]: [{ body: service("web") }] };
  const refused = await runScripted(["service", "create", "web", "--image", "i"], exists);
  assert.match(
    refused.stderr,
    /^Error: cannot create service 'web' in namespace 'kn' because the service already exists and no --force option was given\n/,
  );
  const clock = new ManualClock(NOW);
  const conflict = { status: 409, body: { kind: "Status", status: "Failure", reason: "Conflict", message: "modified", code: 409 } };
  const forced = runScripted(
    ["service", "create", "web", "--image", "i", "--force", "--no-wait"],
    { ...exists, [`PUT ${SERVICES}/web`]: [conflict, { body: service("web") }] },
    { clock },
  );
  await settle(20);
  await clock.advance(20);
  const ran = await forced;
  assert.equal(ran.stdout, "Service 'web' replaced in namespace 'kn'.\n");
  assert.deepEqual(
    ran.calls.map((call) => call.split(" ")[0]),
    ["GET", "PUT", "GET", "PUT"],
  );
});

test("service create: a Ready that stays False for the window fails with reason and the revision's cause", async () => {
  const clock = new ManualClock(NOW);
  const failed = { status: { conditions: [condition("Ready", "False", { reason: "RevisionMissing", message: "no revision." })] } };
  const broken = [condition("Ready", "False", { reason: "ContainerMissing", message: 'Unable to fetch image "i"' })];
  const running = runScripted(
    ["service", "create", "web", "--image", "i"],
    {
      [`GET ${SERVICES}/web`]: [missing, { body: { ...service("web"), status: {} } }, { body: service("web", failed) }],
      [`POST ${SERVICES}`]: [{ status: 201, body: {} }],
      [`GET ${SERVICES}?watch`]: [{ events: [{ type: "MODIFIED", object: service("web", failed) }], open: true }],
      [`GET ${REVISIONS}/web-00001`]: [{ body: revision("web", 1, { status: { conditions: broken } }) }],
    },
    { clock },
  );
  await settle(20);
  await clock.advance(2_000);
  const ran = await running;
  assert.equal(ran.code, 1);
  assert.equal(
    ran.stderr,
    "Error: RevisionMissing: no revision.\n" +
      'Cause: Revision "web-00001" is not ready: ContainerMissing: Unable to fetch image "i"\nRun \'kn --help\' for usage\n',
  );
});

test("service update: GET, GET base revision, PUT; no new generation means no waiting", async () => {
  const ran = await runScripted(["service", "update", "web"], {
    [`GET ${SERVICES}/web`]: [{ body: service("web") }],
    [`GET ${REVISIONS}/web-00001`]: [{ body: revision("web", 1) }],
    [`PUT ${SERVICES}/web`]: [{ body: service("web") }],
  });
  assert.equal(ran.stdout, "Service 'web' updated in namespace 'kn'.\nNo new revision has been created.\n");
  assert.deepEqual(ran.calls, [`GET ${SERVICES}/web`, `GET ${REVISIONS}/web-00001`, `PUT ${SERVICES}/web`]);
});

test("service update keeps the resolved image and the user's name of it; traffic lists the revisions", async () => {
  const digest = "dev.local/hello@sha256:abcdef";
  const locked = revision("web", 1, { status: { containerStatuses: [{ name: "user-container", imageDigest: digest }] } });
  const line = "service update web --env A=b --traffic web-00001=60 --traffic @latest=40 --no-wait";
  const ran = await runScripted(line.split(" "), {
    [`GET ${SERVICES}/web`]: [{ body: service("web") }],
    [`GET ${REVISIONS}/web-00001`]: [{ body: locked }],
    [`GET ${REVISIONS}`]: [{ body: { items: [locked] } }],
    [`PUT ${SERVICES}/web`]: [{ body: service("web", { metadata: { generation: 2 } }) }],
  });
  assert.equal(ran.stdout, "Service 'web' updated in namespace 'kn'.\n");
  assert.equal(ran.calls[2], `GET ${REVISIONS}?labelSelector=serving.knative.dev/service=web`);
  const { spec } = ran.bodies[0] as ReturnType<typeof service>;
  assert.deepEqual(spec.template.spec.containers[0], { name: "user-container", image: digest, env: [{ name: "A", value: "b" }] });
  assert.equal(spec.template.metadata?.annotations?.["client.knative.dev/user-image"], "dev.local/hello:v1");
  assert.deepEqual(spec.traffic, [
    { latestRevision: true, percent: 40 },
    { revisionName: "web-00001", latestRevision: false, percent: 60 },
  ]);
});

test("service delete: GET then DELETE in the background; it goes on after a failure", async () => {
  const ran = await runScripted(["service", "delete", "a", "nosuch"], {
    [`GET ${SERVICES}/a`]: [{ body: service("a") }],
    [`DELETE ${SERVICES}/a`]: [{}],
  });
  assert.equal(ran.stdout, "Service 'a' successfully deleted in namespace 'kn'.\n");
  assert.equal(ran.stderr, "Error: services.serving.knative.dev \"nosuch\" not found\nRun 'kn --help' for usage\n");
  assert.deepEqual(ran.bodies[0], { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background" });
});

test("service delete --wait opens the watch first and ends with DELETED", async () => {
  const ran = await runScripted(["service", "delete", "a", "--wait"], {
    [`GET ${SERVICES}/a`]: [{ body: service("a") }],
    [`GET ${SERVICES}?watch`]: [{ events: [{ type: "DELETED", object: service("a") }], open: true }],
    [`DELETE ${SERVICES}/a`]: [{}],
  });
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(
    ran.calls.map((call) => call.split("?")[0]),
    [`GET ${SERVICES}/a`, `GET ${SERVICES}`, `DELETE ${SERVICES}/a`],
  );
  assert.deepEqual(ran.bodies[0], { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground" });
});

test("service delete --wait reads until it is gone, where nothing can be watched", async () => {
  const clock = new ManualClock(NOW);
  const refused = { status: 405, body: { kind: "Status", status: "Failure", reason: "MethodNotAllowed", message: "no", code: 405 } };
  const running = runScripted(
    ["service", "delete", "a", "--wait"],
    {
      [`GET ${SERVICES}/a`]: [{ body: service("a") }, { body: service("a") }, missing],
      [`GET ${SERVICES}?watch`]: [refused],
      [`DELETE ${SERVICES}/a`]: [{}],
    },
    { clock },
  );
  await settle(20);
  await clock.advance(1_000);
  const ran = await running;
  assert.equal(ran.stdout, "Service 'a' successfully deleted in namespace 'kn'.\n", ran.stderr);
});

test("service wait on a ready service answers at once", async () => {
  const ran = await runScripted(["service", "wait", "a"], {
    [`GET ${SERVICES}/a`]: [{ body: service("a", { status: { conditions: READY } }) }],
  });
  assert.equal(
    ran.stdout,
    "Waiting for Service 'a' in namespace 'kn':\n\n  0.000s Ready to serve.\n\nService 'a' in namespace 'kn' is ready.\n",
  );
});

test("service apply without a difference patches nothing that makes a generation", async () => {
  const ran = await runScripted(["service", "apply", "a", "--image", "dev.local/hello:v1"], {
    [`GET ${SERVICES}/a`]: [{ body: service("a") }],
    [`PATCH ${SERVICES}/a`]: [{ body: service("a") }],
  });
  assert.match(
    ran.stdout,
    /^No changes to apply to service 'a'\.\nService 'a' with latest revision 'a-00001' \(unchanged\) is available at URL:\n/,
  );
  assert.deepEqual(ran.calls[1], `PATCH ${SERVICES}/a`);
});
