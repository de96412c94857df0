import assert from "node:assert/strict";
import { test } from "node:test";
import { at, condition, service } from "../fixtures/objects.ts";
import { ManualClock, settle } from "../../../testing/clock.ts";
import { NOW, runScripted, type Script } from "../fixtures/scripted.ts";

const SERVICES = "/apis/serving.knative.dev/v1/namespaces/kn/services";
const DOMAINS = "/apis/serving.knative.dev/v1beta1/namespaces/kn/domainmappings";
const REF = { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "hello", namespace: "kn" };

const mapping = (ref: object = REF, metadata: object = {}) => ({
  apiVersion: "serving.knative.dev/v1beta1",
  kind: "DomainMapping",
  metadata: { name: "hello.example.com", namespace: "kn", creationTimestamp: at(52), resourceVersion: "7", ...metadata },
  spec: { ref },
  status: { url: "http://hello.example.com", conditions: [condition("DomainClaimed", "True"), condition("Ready", "True")] },
});
const HELLO: Script = { [`GET ${SERVICES}/hello`]: [{ body: service("hello") }] };

test("domain create looks the target up, and sends the mapping with its secret", async () => {
  const script = { ...HELLO, [`POST ${DOMAINS}`]: [{ status: 201, body: mapping() }] };
  const ran = await runScripted(["domain", "create", "hello.example.com", "--ref", "hello", "--tls", "cert"], script);
  assert.equal(ran.stdout, "Domain mapping 'hello.example.com' created in namespace 'kn'.\n", ran.stderr);
  assert.deepEqual(ran.calls, [`GET ${SERVICES}/hello`, `POST ${DOMAINS}`]);
  assert.deepEqual((ran.bodies[0] as { spec: object }).spec, { ref: REF, tls: { secretName: "cert" } });
});

test("domain update reads, changes the target alone and writes; again after a conflict", async () => {
  const conflict = { status: 409, body: { kind: "Status", status: "Failure", reason: "Conflict", code: 409, message: "newer" } };
  const script: Script = {
    "GET /apis/serving.knative.dev/v1/namespaces/other/routes/r": [{ body: { metadata: { name: "r", namespace: "other" } } }],
    [`GET ${DOMAINS}/hello.example.com`]: [{ body: mapping() }],
    [`PUT ${DOMAINS}/hello.example.com`]: [conflict, { body: mapping() }],
  };
  const clock = new ManualClock(NOW);
  const running = runScripted(["domain", "update", "hello.example.com", "--ref", "kroute:r:other"], script, { clock });
  for (let round = 0; clock.pending === 0 && round < 1_000; round += 1) await settle(1);
  await clock.advance(20);
  const ran = await running;
  assert.equal(ran.stdout, "Domain mapping 'hello.example.com' updated in namespace 'kn'.\n", ran.stderr);
  assert.deepEqual((ran.bodies[1] as { spec: object }).spec, { ref: { ...REF, kind: "Route", name: "r", namespace: "other" } });
});

test("domain update leaves a mapping alone that is being deleted", async () => {
  const script: Script = { [`GET ${DOMAINS}/hello.example.com`]: [{ body: mapping(REF, { deletionTimestamp: at(1) }) }] };
  const ran = await runScripted(["domain", "update", "hello.example.com", "--ref", "hello"], script);
  assert.match(ran.stderr, /^Error: can't update domain mapping 'hello.example.com' because it has been marked for deletion\n/);
});

test("domain delete", async () => {
  const script = { [`GET ${DOMAINS}/hello.example.com`]: [{ body: mapping() }], [`DELETE ${DOMAINS}/hello.example.com`]: [{}] };
  const ran = await runScripted(["domain", "delete", "hello.example.com"], script);
  assert.equal(ran.stdout, "Domain mapping 'hello.example.com' deleted in namespace 'kn'.\n", ran.stderr);
});

test("domain list", async () => {
  const ran = await runScripted(["domain", "ls"], { [`GET ${DOMAINS}`]: [{ body: { items: [mapping()] } }] });
  assert.equal(
    ran.stdout,
    "NAME                URL                        READY   KSVC\nhello.example.com   http://hello.example.com   True    hello\n",
  );
  const none = await runScripted(["domains", "list"], { [`GET ${DOMAINS}`]: [{ body: { items: [] } }] });
  assert.equal(none.stdout, "No domain mapping found.\n");
});

test("domain describe prints kn's layout, and its URL alone", async () => {
  const script = { [`GET ${DOMAINS}/hello.example.com`]: [{ body: mapping({ ...REF, namespace: "other" }) }] };
  const ran = await runScripted(["domain", "describe", "hello.example.com"], script);
  assert.equal(
    ran.stdout,
    `Name:       hello.example.com
Namespace:  kn
Age:        52s

URL:  http://hello.example.com

Reference:     
  APIVersion:  serving.knative.dev/v1
  Kind:        Service
  Name:        hello
  Namespace:   other

Conditions:  
  OK TYPE             AGE REASON
  ++ Ready            46s 
  ++ DomainClaimed    46s 
`,
  );
  assert.equal((await runScripted(["domain", "describe", "hello.example.com", "-o", "url"], script)).stdout, "http://hello.example.com\n");
});

const REFUSED: readonly (readonly [line: string, error: string])[] = [
  ["create x.example.com", 'required flag(s) "ref" not set'],
  ["create --ref hello", "'kn domain create' requires the domain name given as single argument"],
  ["create x.example.com --ref broker:hello", "unsupported sink prefix: 'broker'"],
  ["create x.example.com --ref nosuch", 'services.serving.knative.dev "nosuch" not found'],
  ["create x.example.com --ref hello --tls A_B", 'invalid secret name "A_B": a lowercase RFC 1123 subdomain must consist of'],
  ["delete", "'kn domain delete' requires the domain name given as single argument"],
  ["describe", "'kn domain describe' requires name of the domain mapping as single argument"],
];

for (const [line, error] of REFUSED) {
  test(`kn domain ${line}: refused`, async () => {
    const { stderr, code } = await runScripted(["domain", ...line.split(" ")], HELLO);
    assert.ok(stderr.startsWith(`Error: ${error}`), stderr);
    assert.equal(code, 1);
  });
}

test("names of domains and of targets are completed", async () => {
  const script: Script = {
    [`GET ${DOMAINS}`]: [{ body: { items: [mapping()] } }],
    [`GET ${SERVICES}`]: [{ body: { items: [service("hello")] } }],
  };
  const complete = async (...words: string[]) => (await runScripted(["__completeNoDesc", "domain", ...words], script)).stdout;
  assert.equal(await complete("update", ""), "hello.example.com\n:4\n");
  assert.equal(await complete("create", "x.example.com", "--ref", ""), "hello\n:4\n");
});
