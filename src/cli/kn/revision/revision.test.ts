import assert from "node:assert/strict";
import { test } from "node:test";
import { condition, revision, service } from "../fixtures/objects.ts";
import { runScripted } from "../fixtures/scripted.ts";

const ROOT = "/apis/serving.knative.dev/v1/namespaces/kn";
const SHARED = [
  { revisionName: "hello-00001", percent: 40, tag: "old" },
  { revisionName: "hello-00002", percent: 60 },
  { revisionName: "hello-00002", latestRevision: true, percent: 0, tag: "latest" },
];

test("revision list: newest generation first, traffic and tags from each service once, long cells cut", async () => {
  const failed = [condition("Ready", "False", { reason: "ContainerMissing", message: 'Unable to fetch image "registry.example/nope:v1"' })];
  const items = [revision("hello", 1), revision("bad", 1, { status: { conditions: failed } }), revision("hello", 2)];
  const ran = await runScripted(["revision", "list"], {
    [`GET ${ROOT}/revisions`]: [{ body: { items } }],
    [`GET ${ROOT}/services/hello`]: [{ body: service("hello", { status: { traffic: SHARED } }) }],
  });
  assert.equal(
    ran.stdout,
    `NAME          SERVICE   TRAFFIC   TAGS     GENERATION   AGE   CONDITIONS   READY   REASON
bad-00001     bad                          1            48s   0 OK / 1     False   ContainerMissing : Unable to fetch image "regi ...
hello-00002   hello     60%       latest   2            48s   4 OK / 4     True    
hello-00001   hello     40%       old      1            48s   4 OK / 4     True    
`,
  );
  assert.deepEqual(ran.calls, [`GET ${ROOT}/revisions`, `GET ${ROOT}/services/bad`, `GET ${ROOT}/services/hello`]);
});

test("revision list -s asks for the service first, and selects by its label", async () => {
  const ran = await runScripted(["revision", "list", "-s", "hello"], {
    [`GET ${ROOT}/services/hello`]: [{ body: service("hello") }],
    [`GET ${ROOT}/revisions`]: [{ body: { items: [] } }],
  });
  assert.equal(ran.stdout, "No revisions found.\n");
  assert.deepEqual(ran.calls, [`GET ${ROOT}/services/hello`, `GET ${ROOT}/revisions?labelSelector=serving.knative.dev/service=hello`]);
});

test("revision describe prints kn's layout", async () => {
  const conditions = [
    condition("Active", "False", { reason: "NoTraffic", severity: "Info" }),
    ...["ContainerHealthy", "Ready", "ResourcesAvailable"].map((type) => condition(type, "True")),
  ];
  const ran = await runScripted(["revision", "describe", "hello-00001"], {
    [`GET ${ROOT}/revisions/hello-00001`]: [
      { body: revision("hello", 1, { status: { actualReplicas: 0, desiredReplicas: 0, conditions } }) },
    ],
  });
  assert.equal(
    ran.stdout,
    `Name:       hello-00001
Namespace:  kn
Age:        48s
Image:      dev.local/hello:v1
Replicas:   0/0
Env:        TARGET=one
Service:    hello

Conditions:  
  OK TYPE                  AGE REASON
  ++ Ready                 46s 
   I Active                46s NoTraffic
  ++ ContainerHealthy      46s 
  ++ ResourcesAvailable    46s 
`,
  );
});

test("revision delete --prune takes what no route needs, newest first", async () => {
  const labelled = (generation: number, state: string) => {
    const made = revision("hello", generation);
    return { ...made, metadata: { ...made.metadata, labels: { ...made.metadata.labels, "serving.knative.dev/routingState": state } } };
  };
  const items = [labelled(1, "reserve"), labelled(2, "reserve"), labelled(3, "active")];
  const ran = await runScripted(["revision", "delete", "--prune", "hello"], {
    [`GET ${ROOT}/revisions`]: [{ body: { items } }],
    [`GET ${ROOT}/revisions/hello-00001`]: [{ body: items[0] }],
    [`GET ${ROOT}/revisions/hello-00002`]: [{ body: items[1] }],
    [`DELETE ${ROOT}/revisions/hello-00001`]: [{}],
    [`DELETE ${ROOT}/revisions/hello-00002`]: [{}],
  });
  assert.equal(ran.stdout, "Revision 'hello-00002' deleted in namespace 'kn'.\nRevision 'hello-00001' deleted in namespace 'kn'.\n");
});
