import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ObjectMeta } from "../../k8s/types.generated.ts";
import { selectorCauses, selectorMatches, utf8Length } from "./labels.ts";
import { metaCauses } from "./object-meta.ts";
import { portNameErrors, subdomainName } from "./names.ts";

const CONFIG_MAP = { group: "", kind: "ConfigMap", namespaced: true };
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and " +
  "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and " +
  "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', " +
  "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const KEY_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

function texts(metadata: ObjectMeta, old?: ObjectMeta, kind = CONFIG_MAP): string[] {
  const before = old && { metadata: { name: "x", namespace: "n", ...old } };
  return metaCauses(kind, { metadata: { name: "x", namespace: "n", ...metadata } }, before).map(
    ({ field, message }) => `${field}: ${message}`,
  );
}

describe("metadata", () => {
  const rows: [string, ObjectMeta, string[], ObjectMeta?][] = [
    ["good", { labels: { "example.com/a": "", b: "c" }, annotations: { "Example.com/A": "any thing" }, finalizers: ["a.b/c"] }, []],
    ["name", { name: "Bad_Name" }, [`metadata.name: Invalid value: "Bad_Name": ${SUBDOMAIN_TEXT}`]],
    ["no name", { name: "" }, ["metadata.name: Required value: name or generateName is required"]],
    ["label value", { labels: { a: "b c" } }, [`metadata.labels: Invalid value: "b c": ${LABEL_TEXT}`]],
    [
      "label value too long",
      { labels: { a: "x".repeat(64) } },
      [`metadata.labels: Invalid value: "${"x".repeat(64)}": must be no more than 63 characters`],
    ],
    ["annotation key", { annotations: { "a b": "c" } }, [`metadata.annotations: Invalid value: "a b": ${KEY_TEXT}`]],
    [
      "annotations too large",
      { annotations: { a: "x".repeat(256 * 1024) } },
      ["metadata.annotations: Too long: may not be more than 262144 bytes"],
    ],
    ["empty prefix", { labels: { "/a": "" } }, ['metadata.labels: Invalid value: "/a": prefix part must be non-empty']],
    [
      "owner without identity",
      { ownerReferences: [{ apiVersion: "", kind: "", name: "", uid: "" }] },
      [
        'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
        'metadata.ownerReferences.name: Invalid value: "": must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      ],
    ],
    ["uid changes", { uid: "b" }, ['metadata.uid: Invalid value: "b": field is immutable'], { uid: "a" }],
    [
      "finalizer while deleting",
      { finalizers: ["a/b"], deletionTimestamp: "t" },
      [
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found " +
          'new finalizers []string{"a/b"}',
      ],
      { deletionTimestamp: "t" },
    ],
  ];
  for (const [name, metadata, expected, old] of rows) it(name, () => assert.deepEqual(texts(metadata, old), expected));

  it("names of RBAC kinds, namespaces and services follow their own rules", () => {
    assert.deepEqual(texts({ name: "system:Node" }, undefined, { group: "rbac.authorization.k8s.io", kind: "Role", namespaced: true }), []);
    assert.deepEqual(texts({ name: "a/b" }, undefined, { group: "rbac.authorization.k8s.io", kind: "Role", namespaced: true }), [
      "metadata.name: Invalid value: \"a/b\": may not contain '/'",
    ]);
    assert.match(
      texts({ name: "a.b", namespace: "" }, undefined, { group: "", kind: "Namespace", namespaced: false })[0] ?? "",
      /RFC 1123 label/,
    );
    assert.match(texts({ name: "1a" }, undefined, { group: "", kind: "Service", namespaced: true })[0] ?? "", /DNS-1035 label/);
  });

  it("a prefix for generated names may end with a dash", () => {
    assert.deepEqual(subdomainName("a-", true), []);
    assert.equal(subdomainName("a-", false).length, 1);
  });
});

describe("selectors", () => {
  it("match by labels and expressions", () => {
    const selector = {
      matchLabels: { a: "1" },
      matchExpressions: [
        { key: "b", operator: "In", values: ["x", "y"] },
        { key: "c", operator: "DoesNotExist" },
        { key: "d", operator: "NotIn", values: ["z"] },
        { key: "e", operator: "Exists" },
      ],
    };
    assert.ok(selectorMatches(selector, { a: "1", b: "y", e: "" }));
    for (const labels of [
      { a: "1", b: "z", e: "" },
      { a: "1", b: "x", c: "", e: "" },
      { a: "1", b: "x", d: "z", e: "" },
      { a: "1", b: "x" },
      undefined,
    ]) {
      assert.ok(!selectorMatches(selector, labels));
    }
    assert.ok(selectorMatches({}, undefined));
  });

  it("are checked", () => {
    const matchExpressions = [
      { key: "a", operator: "In" },
      { key: "a", operator: "Exists", values: ["x"] },
      { key: "a", operator: "Like" },
    ];
    assert.deepEqual(
      selectorCauses({ matchExpressions }, "spec.selector").map(({ field, message }) => `${field}: ${message}`),
      [
        "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        'spec.selector.matchExpressions[2].operator: Invalid value: "Like": not a valid selector operator',
      ],
    );
  });
});

it("port names", () => {
  assert.deepEqual(portNameErrors("http-1"), []);
  assert.deepEqual(portNameErrors("-"), ["must contain at least one letter (a-z)", "must not begin or end with a hyphen"]);
  assert.deepEqual(portNameErrors("a".repeat(16)), ["must be no more than 15 characters"]);
});

it("counts bytes of UTF-8", () => {
  for (const text of ["", "abc", "é", "€", "😀", "a😀é€"]) assert.equal(utf8Length(text), Buffer.byteLength(text), text);
});
