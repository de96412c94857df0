import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { stringify } from "yaml";
import { ManualClock } from "../../../testing/clock.ts";
import { revision, service } from "../fixtures/objects.ts";
import { NOW, runScripted, type Script } from "../fixtures/scripted.ts";

const BASE = "/apis/serving.knative.dev/v1/namespaces/kn";
const configuration = { apiVersion: "serving.knative.dev/v1", kind: "Configuration", metadata: { name: "hello", uid: "c1" } };
const missing = { status: 404, body: { kind: "Status", status: "Failure", reason: "NotFound", message: "none", code: 404 } };

async function exported(t: TestContext, content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kn-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "e.yaml");
  await writeFile(file, stringify(content, { aliasDuplicateObjects: false }));
  return file;
}

const EXPORT = {
  apiVersion: "client.knative.dev/v1alpha1",
  kind: "Export",
  spec: {
    service: {
      ...service("hello", {
        metadata: { namespace: undefined },
        spec: { traffic: [{ latestRevision: true, revisionName: "hello-2", percent: 100 }] },
      }),
      status: {},
    },
    revisions: [revision("hello", 1)],
  },
};

test("service import: POST the service, GET its configuration until it is there, POST the revisions that it owns, wait", async (t) => {
  const script: Script = {
    [`GET ${BASE}/services/hello`]: [missing, { body: service("hello") }],
    [`POST ${BASE}/services`]: [{ body: {} }],
    [`GET ${BASE}/configurations/hello`]: [missing, { body: configuration }],
    [`POST ${BASE}/revisions`]: [{ body: {} }],
  };
  const clock = new ManualClock(NOW);
  const running = runScripted(["service", "import", await exported(t, EXPORT)], script, { clock });
  let done = false;
  void running.finally(() => (done = true));
  while (!done) {
    await clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const ran = await running;
  assert.equal(
    ran.stdout.replace(/^ .*s Ready/m, "  0.000s Ready"),
    "Importing service 'hello' in namespace 'kn':\n\n  0.000s Ready to serve.\n\n" +
      "Service 'hello' imported to latest revision 'hello-00001' is available at URL:\nhttp://hello.kn.example.com\n",
    ran.stderr,
  );
  const { spec } = ran.bodies[0] as ReturnType<typeof service>;
  assert.equal(spec.template.metadata?.name, "hello-2", "the latest revision keeps its name");
  assert.deepEqual(spec.traffic, [{ latestRevision: true, percent: 100 }]);
  const posted = ran.bodies[1] as ReturnType<typeof revision>;
  assert.deepEqual(posted.metadata.ownerReferences, [
    { apiVersion: "serving.knative.dev/v1", kind: "Configuration", name: "hello", uid: "c1", controller: true, blockOwnerDeletion: true },
  ]);
  assert.equal(ran.calls.filter((call) => call.includes("/configurations/")).length, 2);
});

test("service import refuses a service that exists, and files that are no export", async (t) => {
  const file = await exported(t, EXPORT);
  const exists = await runScripted(["service", "import", file], { [`GET ${BASE}/services/hello`]: [{ body: service("hello") }] });
  assert.match(exists.stderr, /^Error: cannot import service 'hello' in namespace 'kn' because the service already exists\n/);
  const other = await runScripted(["service", "import", await exported(t, service("hello"))]);
  assert.match(other.stderr, /^Error: provided import file doesn't contain service name, please note that only kn's custom export format/);
  const none = await runScripted(["service", "import"]);
  assert.match(none.stderr, /^Error: 'kn service import' requires filename of import file as single argument\n/);
  const lost = await runScripted(["service", "import", "/nowhere.yaml"]);
  assert.match(lost.stderr, /^Error: open \/nowhere\.yaml: no such file or directory\n/);
});

test("service import: a template without a name gets one that no imported revision has, or that of its equal", async (t) => {
  const traffic = [{ revisionName: "hello-00001", percent: 100 }];
  const named = async (...revisions: object[]) => {
    const spec = { service: service("hello", { spec: { traffic } }), revisions };
    const ran = await runScripted(["service", "import", await exported(t, { spec }), "--no-wait"], {
      [`POST ${BASE}/services`]: [{ body: {} }],
      [`GET ${BASE}/configurations/hello`]: [{ body: configuration }],
      [`POST ${BASE}/revisions`]: [{ body: {} }],
    });
    assert.equal(ran.code, 0, ran.stderr);
    return (ran.bodies as ReturnType<typeof service>[]).map((body) => body.spec.template?.metadata?.name ?? body.metadata.name);
  };
  const equal = { ...revision("hello", 2), spec: service("hello").spec.template.spec };
  assert.deepEqual(await named(revision("hello", 1), revision("hello", 2)), ["hello-00003", "hello-00001", "hello-00002"]);
  assert.deepEqual(await named(revision("hello", 1), equal), ["hello-00002", "hello-00001"]);
});
