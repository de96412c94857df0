import assert from "node:assert/strict";
import { test } from "node:test";
import { ingressHash } from "./ingress-hash.ts";
import type { Ingress } from "./ingress.ts";

const one = { serviceNamespace: "ns", serviceName: "rev-1", servicePort: 80 };

/** Members stand in another order than Go's, defaults are left out. */
const ingress: Ingress = {
  metadata: { namespace: "ns", name: "app" },
  spec: {
    httpOption: "Enabled",
    rules: [
      {
        http: {
          paths: [
            { appendHeaders: { Z: "1", A: "2" }, splits: [one], headers: { "Knative-Serving-Tag": { exact: "<tag>&" } } },
            {
              splits: [
                { ...one, percent: 60, appendHeaders: { "Knative-Serving-Revision": "rev-1" } },
                { ...one, servicePort: "http", serviceName: "rev-2", percent: 40 },
              ],
              rewriteHost: "b.example.com",
              path: "/x",
            },
          ],
        },
        hosts: ["a.example.com"],
      },
      { visibility: "ClusterLocal", hosts: ["a.ns", "a.ns.svc"], http: { paths: [{ splits: [{ ...one, percent: 100 }] }] } },
    ],
    tls: [{ secretNamespace: "ns", hosts: ["a.example.com"], secretName: "s" }],
  },
};

test("the hash is the one that Go computes over the defaulted spec, namespace and name", () => {
  assert.equal(ingressHash(ingress), "2554925e31a6246a66d61b356319959b3db3551f3cdb17f8c32a277c2ff8ec2c");
});

test("namespace and name are part of it, other metadata and status are not", () => {
  const other = (metadata: Ingress["metadata"]) => ingressHash({ ...ingress, metadata });
  assert.notEqual(other({ namespace: "ns2", name: "app" }), ingressHash(ingress));
  assert.equal(other({ ...ingress.metadata, labels: { a: "b" }, generation: 4 }), ingressHash(ingress));
});
