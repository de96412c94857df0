import assert from "node:assert/strict";
import { test } from "node:test";
import { base64OfText } from "../../std/base64.ts";
import { tlsPairOf, tlsSecretOf } from "./ingress-tls.ts";

test("the secret of a host is that of the first entry that names it, or names none", () => {
  const ingress = {
    metadata: { namespace: "ns" },
    spec: {
      tls: [
        { hosts: ["A.example.com"], secretName: "a", secretNamespace: "other" },
        { hosts: ["b.example.com"], secretName: "b" },
      ],
    },
  };
  assert.deepEqual(tlsSecretOf(ingress, "a.example.com"), { namespace: "other", name: "a" });
  assert.deepEqual(tlsSecretOf(ingress, "b.example.com"), { namespace: "ns", name: "b" });
  assert.equal(tlsSecretOf(ingress, "c.example.com"), undefined);
  assert.deepEqual(tlsSecretOf({ ...ingress, spec: { tls: [{ secretName: "all" }] } }, "c.example.com"), { namespace: "ns", name: "all" });
});

test("a secret without certificate or key, or with something else in them, has no pair", () => {
  const [crt, key] = [base64OfText("CRT"), base64OfText("KEY")];
  const pairOf = (data: Record<string, string>) => tlsPairOf({ metadata: {}, data });
  assert.deepEqual(pairOf({ "tls.crt": crt, "tls.key": key }), { certificate: "CRT", key: "KEY" });
  for (const data of [{}, { "tls.crt": crt }, { "tls.crt": "", "tls.key": key }, { "tls.crt": crt, "tls.key": "%" }])
    assert.equal(pairOf(data), undefined);
});
