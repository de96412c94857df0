import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Definitions } from "../../../api/meta/schema.ts";
import { hostileShape, MAX_DEPTH } from "./limits.ts";
import { builtinSchema, cannotBeHandled, customSchema, schemaOf } from "./schema.ts";

const pod = builtinSchema("io.k8s.api.core.v1.Pod");
const configMap = builtinSchema("io.k8s.api.core.v1.ConfigMap");
const deployment = builtinSchema("io.k8s.api.apps.v1.Deployment");
const crd = builtinSchema("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition");

const widgets: Definitions = {
  Widget: {
    type: "object",
    required: ["spec"],
    properties: {
      spec: {
        type: "object",
        required: ["size"],
        properties: {
          size: { type: "integer", maximum: 10, minimum: 0 },
          color: { type: "string", enum: ["red", "green"], default: "red" },
          name: { type: "string", maxLength: 5, pattern: "^[a-z]*$" },
          port: { "x-kubernetes-int-or-string": true },
          free: { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { known: { type: "boolean" } } },
          maybe: { type: "string", nullable: true },
          labels: { type: "object", additionalProperties: { type: "string" } },
          list: {
            type: "array",
            maxItems: 3,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["k"],
            items: { type: "object", properties: { k: { type: "string" } } },
          },
        },
      },
    },
  },
};
const widget = customSchema(widgets, "Widget");

describe("decoding built-in kinds", () => {
  const rows: [string, typeof pod, unknown, string | undefined][] = [
    [
      "number in a string map",
      configMap,
      { data: { a: 1 } },
      "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
    ],
    [
      "string in an int32",
      deployment,
      { spec: { replicas: "three" } },
      "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      "fraction in an int32",
      deployment,
      { spec: { replicas: 1.5 } },
      "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      "int32 overflow",
      deployment,
      { spec: { replicas: 3e9 } },
      "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [
      "string for a list",
      pod,
      { spec: { containers: "c" } },
      "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container",
    ],
    ["array for a struct", pod, { spec: [] }, "json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec"],
    [
      "bool in a container name",
      pod,
      { spec: { containers: [{ name: true }] } },
      "json: cannot unmarshal bool into Go struct field Container.spec.containers.name of type string",
    ],
    ["bool in a time", pod, { metadata: { creationTimestamp: true } }, "json: cannot unmarshal bool into Go value of type string"],
    ["null anywhere", pod, { metadata: { creationTimestamp: null }, spec: { containers: null } }, undefined],
    [
      "an object that is right",
      pod,
      { spec: { containers: [{ name: "c", resources: { limits: { cpu: "100m", memory: 1024 } } }] } },
      undefined,
    ],
    [
      "a quantity that is none",
      pod,
      { spec: { containers: [{ resources: { limits: { cpu: "many" } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ["base64 that is none", builtinSchema("io.k8s.api.core.v1.Secret"), { data: { k: "!" } }, "illegal base64 data at input byte 0"],
  ];
  for (const [name, schema, object, expected] of rows) it(name, () => assert.equal(schema.decodingError(object), expected));

  it("the message names kind and version", () => {
    assert.equal(cannotBeHandled({ kind: "Pod", version: "v1" }, "x"), 'Pod in version "v1" cannot be handled as a Pod: x');
  });
});

describe("pruning", () => {
  it("removes and names unknown fields at every depth of a built-in kind", () => {
    const object = { kind: "Pod", foo: 1, spec: { containers: [{ name: "c", imagee: "z" }], bar: {} } };
    assert.deepEqual(pod.prune(object), ['unknown field "foo"', 'unknown field "spec.containers[0].imagee"', 'unknown field "spec.bar"']);
    assert.deepEqual(object, { kind: "Pod", spec: { containers: [{ name: "c" }] } });
  });

  it("drops nulls of built-in kinds as Go does", () => {
    const object = { metadata: { creationTimestamp: null, labels: { a: null } }, data: null };
    assert.deepEqual(configMap.prune(object), []);
    assert.deepEqual(object, { metadata: { labels: { a: "" } } });
  });

  it("knows the schema of a schema", () => {
    const versions = [{ name: "v1", schema: { openAPIV3Schema: { type: "object", properties: { a: { type: "string", oops: 1 } } } } }];
    assert.deepEqual(crd.prune({ spec: { versions } }), ['unknown field "spec.versions[0].schema.openAPIV3Schema.properties.a.oops"']);
  });

  it("prunes custom resources, says nothing of their metadata, keeps what is preserved", () => {
    const object = {
      apiVersion: "e/v1",
      kind: "Widget",
      metadata: { name: "w", foo: 1 },
      spec: { size: 1, zzz: 1, free: { any: 1, known: true } },
      top: 1,
    };
    assert.deepEqual(widget.prune(object), ['unknown field "spec.zzz"', 'unknown field "top"']);
    assert.deepEqual(object, {
      apiVersion: "e/v1",
      kind: "Widget",
      metadata: { name: "w" },
      spec: { size: 1, free: { any: 1, known: true } },
    });
  });

  it("treats __proto__ and constructor as any other unknown field", () => {
    const object = JSON.parse('{"spec":{"__proto__":{"polluted":true},"constructor":{"prototype":1}}}') as Record<string, unknown>;
    assert.deepEqual(pod.prune(object), ['unknown field "spec.__proto__"', 'unknown field "spec.constructor"']);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});

describe("schema defaults", () => {
  it("fills ports.protocol of containers and services, wherever the list is", () => {
    const draft = {
      spec: { template: { spec: { containers: [{ ports: [{ containerPort: 80 }, { containerPort: 53, protocol: "UDP" }] }] } } },
    };
    deployment.applyDefaults(draft);
    assert.deepEqual(draft.spec.template.spec.containers[0]?.ports, [
      { containerPort: 80, protocol: "TCP" },
      { containerPort: 53, protocol: "UDP" },
    ]);
  });

  it("fills a custom resource where the parent is present", () => {
    const draft = { spec: { size: 1 } };
    widget.applyDefaults(draft);
    assert.deepEqual(draft, { spec: { size: 1, color: "red" } });
    const bare = {};
    widget.applyDefaults(bare);
    assert.deepEqual(bare, {});
  });

  it("a null where a default stands is replaced", () => {
    const draft = { spec: { size: 1, color: null, maybe: null } };
    widget.prune(draft);
    widget.applyDefaults(draft);
    assert.deepEqual(draft, { spec: { size: 1, color: "red", maybe: null } });
  });
});

describe("validation of custom resources", () => {
  const rows: [string, unknown, string[]][] = [
    ["fits", { spec: { size: 1, port: "http", maybe: null } }, []],
    [
      "type",
      { spec: { size: "x" } },
      ['FieldValueTypeInvalid spec.size Invalid value: "string": spec.size in body must be of type integer: "string"'],
    ],
    ["required", { spec: {} }, ["FieldValueRequired spec.size Required value"]],
    ["spec required", {}, ["FieldValueRequired spec Required value"]],
    [
      "several",
      { spec: { name: "abcdefgh", size: 11, color: "blue" } },
      [
        "FieldValueTooLong spec.name Too long: may not be more than 5 bytes",
        "FieldValueInvalid spec.size Invalid value: 11: spec.size in body should be less than or equal to 10",
        'FieldValueNotSupported spec.color Unsupported value: "blue": supported values: "red", "green"',
      ],
    ],
    [
      "null where none is allowed",
      { spec: { size: null } },
      ['FieldValueTypeInvalid spec.size Invalid value: "null": spec.size in body must be of type integer: "null"'],
    ],
    [
      "duplicate key",
      { spec: { size: 1, list: [{ k: "a" }, { k: "a" }] } },
      ['FieldValueDuplicate spec.list[1] Duplicate value: {"k":"a"}'],
    ],
    [
      "pattern",
      { spec: { size: 1, name: "A" } },
      ["FieldValueInvalid spec.name Invalid value: \"A\": spec.name in body should match '^[a-z]*$'"],
    ],
    [
      "value of a map",
      { spec: { size: 1, labels: { a: 1 } } },
      ['FieldValueTypeInvalid spec.labels.a Invalid value: "integer": spec.labels.a in body must be of type string: "integer"'],
    ],
    [
      "huge array",
      { spec: { size: 1, list: Array.from({ length: 100_000 }, () => 1) } },
      ["FieldValueTooMany spec.list Too many: 100000: must have at most 3 items"],
    ],
  ];
  for (const [name, object, expected] of rows) {
    it(name, () =>
      assert.deepEqual(
        widget.validate(object).map((cause) => `${cause.reason} ${cause.field} ${cause.message}`),
        expected,
      ),
    );
  }
});

describe("custom resources that are built in", () => {
  const typed = schemaOf({ definition: "Widget", definitions: widgets, crd: { labels: {} } }, widgets);

  it("wrong types are found before any strategy sees them", () => {
    const error = "json: cannot unmarshal string into Go struct field Widget.spec.size of type int64";
    assert.equal(typed.webhookDecodingError({ spec: { size: "x" } }), error);
    assert.equal(typed.webhookDecodingError({ metadata: {}, spec: { size: 1, list: [null] } }), undefined);
  });

  it("nulls are what they are in Go", () => {
    const object = { metadata: {}, spec: { size: null, list: [null] } };
    assert.deepEqual(typed.prune(object), []);
    assert.deepEqual(object, { metadata: {}, spec: { list: [{}] } });
  });
});

describe("hostile shapes", () => {
  it("refuses nesting beyond the limit without overflowing the stack", () => {
    const deep: unknown = JSON.parse("[".repeat(5000) + "]".repeat(5000));
    assert.equal(hostileShape(deep), "exceeded max depth");
    assert.equal(hostileShape(JSON.parse("[".repeat(MAX_DEPTH - 1) + "]".repeat(MAX_DEPTH - 1))), undefined);
  });

  it("refuses a key named __proto__ at any depth", () => {
    assert.equal(hostileShape(JSON.parse('{"a":[{"__proto__":1}]}')), 'the key "__proto__" is not allowed');
  });
});
