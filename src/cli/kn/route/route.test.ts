import assert from "node:assert/strict";
import { test } from "node:test";
import { at, condition } from "../fixtures/objects.ts";
import { runScripted } from "../fixtures/scripted.ts";

const ROUTES = "/apis/serving.knative.dev/v1/namespaces/kn/routes";
const route = {
  apiVersion: "serving.knative.dev/v1",
  kind: "Route",
  metadata: { name: "hello", namespace: "kn", creationTimestamp: at(52), labels: { "serving.knative.dev/service": "hello" } },
  spec: {},
  status: {
    url: "http://hello.kn.example.com",
    traffic: [
      { revisionName: "hello-00001", percent: 40, tag: "old", url: "http://old-hello.kn.example.com" },
      { revisionName: "hello-00002", percent: 60 },
      { revisionName: "hello-00002", percent: 0, latestRevision: true, tag: "latest", url: "http://latest-hello.kn.example.com" },
    ],
    conditions: [condition("CertificateProvisioned", "True", { reason: "TLSNotEnabled" }), condition("Ready", "True")],
  },
};

test("route list", async () => {
  const ran = await runScripted(["route", "list"], { [`GET ${ROUTES}`]: [{ body: { items: [route] } }] });
  assert.equal(ran.stdout, "NAME    URL                           READY\nhello   http://hello.kn.example.com   True\n");
  const none = await runScripted(["route", "list", "-A"], { "GET /apis/serving.knative.dev/v1/routes": [{ body: { items: [] } }] });
  assert.equal(none.stdout, "No routes found.\n");
});

test("route describe prints kn's layout", async () => {
  const ran = await runScripted(["route", "describe", "hello"], { [`GET ${ROUTES}/hello`]: [{ body: route }] });
  assert.equal(
    ran.stdout,
    `Name:       hello
Namespace:  kn
Age:        52s
URL:        http://hello.kn.example.com
Service:    hello

Traffic Targets:  
   40%  hello-00001 #old
        URL:  http://old-hello.kn.example.com
   60%  hello-00002
    0%  @latest (hello-00002) #latest
        URL:  http://latest-hello.kn.example.com

Conditions:  
  OK TYPE                      AGE REASON
  ++ Ready                     46s 
  ++ CertificateProvisioned    46s TLSNotEnabled
`,
  );
});

test("route describe -o yaml quotes what older readers would take for something else", async () => {
  const ran = await runScripted(["route", "describe", "hello", "-o", "yaml"], { [`GET ${ROUTES}/hello`]: [{ body: route }] });
  assert.match(
    ran.stdout,
    /^apiVersion: serving\.knative\.dev\/v1\nkind: Route\nmetadata:\n {2}creationTimestamp: "2026-11-23T19:55:41Z"\n/,
  );
  assert.match(ran.stdout, /^ {2}- lastTransitionTime: "/m);
  assert.match(ran.stdout, /^ {4}status: "True"\n/m);
});
