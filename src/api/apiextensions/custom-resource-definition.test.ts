import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deepClone } from "../../std/json.ts";
import type { CustomResourceDefinition } from "../k8s/types.generated.ts";
import { builtinDefinitions } from "../k8s/definitions.ts";
import { defineKind, nameColumn } from "../meta/define-kind.ts";
import { causesTable, cellsTable, contextOf, shaped } from "../meta/kind-table.contract.ts";
import { schemaRef, type Definitions } from "../meta/schema.ts";
import { crdOf } from "./crd-of.ts";
import { customResourceDefinitionKind as kind } from "./custom-resource-definition.ts";

function definition(name: string, version: object, names: object = {}) {
  return {
    metadata: { name },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "goods", kind: "Good", ...names },
      versions: [{ name: "v1", served: true, storage: true, ...version }],
    },
  };
}

function schema(openAPIV3Schema: object) {
  return { schema: { openAPIV3Schema } };
}

const TYPED = schema({
  type: "object",
  properties: { spec: { type: "object", properties: { q: { "x-kubernetes-int-or-string": true } } } },
});

describe("CustomResourceDefinition", () => {
  it("names follow from kind, and the definition is established at once", () => {
    const made = shaped(kind, { ...definition("goods.example.com", TYPED), status: { storedVersions: ["x"] } }) as unknown as {
      spec: { names: object; conversion: object };
      status: { acceptedNames: object; storedVersions: string[]; conditions: { type: string; status: string; reason: string }[] };
    };
    const names = { plural: "goods", singular: "good", kind: "Good", listKind: "GoodList" };
    assert.deepEqual(made.spec.names, names);
    assert.deepEqual(made.spec.conversion, { strategy: "None" });
    assert.deepEqual(made.status.acceptedNames, names);
    assert.deepEqual(made.status.storedVersions, ["v1"]);
    assert.deepEqual(
      made.status.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
      ["NamesAccepted=True NoConflicts", "Established=True InitialNamesAccepted"],
    );
  });

  causesTable(kind, [
    ["good", definition("goods.example.com", TYPED), []],
    [
      "name",
      definition("bad.example.com", TYPED),
      ['metadata.name: Invalid value: "bad.example.com": must be spec.names.plural+"."+spec.group'],
    ],
    ["no schema", definition("goods.example.com", {}), ["spec.versions[0].schema.openAPIV3Schema: Required value"]],
    [
      "not structural",
      definition("goods.example.com", schema({ type: "object", properties: { a: {} } })),
      ["spec.validation.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields"],
    ],
    [
      "kind and list of one name",
      definition("goods.example.com", TYPED, { listKind: "Good" }),
      ['spec.names.listKind: Invalid value: "Good": kind and listKind may not be the same'],
    ],
  ]);
  it("an update keeps the versions that were stored once, and may not change the scope", () => {
    const old = shaped(kind, definition("goods.example.com", TYPED));
    const next = definition("goods.example.com", TYPED, { shortNames: ["g"] });
    next.spec.versions = [{ name: "v2", served: true, storage: true, ...TYPED }];
    const made = shaped(kind, { ...next, status: deepClone((old as CustomResourceDefinition).status) }, old) as CustomResourceDefinition;
    assert.deepEqual(made.status?.storedVersions, ["v1", "v2"]);
    assert.deepEqual(made.status?.acceptedNames?.shortNames, ["g"]);
    const moved = { ...made, spec: { ...made.spec, scope: "Cluster" } };
    const refusal = kind.strategy.validate?.(moved, contextOf(old));
    assert.deepEqual(refusal?.kind === "invalid" && refusal.causes.map(({ field }) => field), ["spec.scope"]);
  });
  cellsTable(kind, [["created at", {}, ["x", "2024-05-31T23:00:00Z"]]]);
});

describe("crdOf", () => {
  const definitions: Definitions = {
    ...builtinDefinitions,
    "dev.test.Thing": {
      type: "object",
      properties: {
        metadata: schemaRef("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
        spec: {
          type: "object",
          properties: {
            pod: schemaRef("io.k8s.api.core.v1.PodSpec"),
            port: schemaRef("io.k8s.apimachinery.pkg.util.intstr.IntOrString"),
            self: schemaRef("dev.test.Thing"),
          },
        },
      },
      "x-kubernetes-group-version-kind": [{ group: "test.dev", version: "v1", kind: "Thing" }],
    },
  };
  const thing = defineKind({
    group: "test.dev",
    version: "v1",
    kind: "Thing",
    plural: "things",
    namespaced: true,
    definition: "dev.test.Thing",
    categories: ["all"],
    subresources: { status: true },
    columns: [nameColumn(), { name: "URL", type: "string", jsonPath: ".status.url", cell: () => "" }],
    crd: { labels: { "test.dev/crd-install": "true" } },
  });
  const made = crdOf(thing, definitions);
  const version = made.spec.versions[0];

  it("lists names, labels, columns with a path, subresources and conditions", () => {
    assert.equal(made.metadata.name, "things.test.dev");
    assert.deepEqual(made.metadata.labels, { "test.dev/crd-install": "true" });
    assert.deepEqual(made.spec.names, { plural: "things", singular: "thing", kind: "Thing", listKind: "ThingList", categories: ["all"] });
    assert.deepEqual(version?.additionalPrinterColumns, [{ name: "URL", type: "string", jsonPath: ".status.url" }]);
    assert.deepEqual(version?.subresources, { status: {} });
    assert.deepEqual(
      made.status?.conditions?.map(({ type, status }) => `${type}=${status}`),
      ["NamesAccepted=True", "Established=True"],
    );
  });

  it("the schema is structural: no references, every field typed, recursion cut", () => {
    const text = JSON.stringify(version?.schema);
    assert.ok(!text.includes("$ref") && !text.includes("x-kubernetes-patch") && !text.includes("x-kubernetes-group-version-kind"));
    assert.ok(text.includes('"port":{"x-kubernetes-int-or-string":true}'));
    assert.ok(text.includes('"self":{"type":"object","x-kubernetes-preserve-unknown-fields":true}'));
    assert.ok(text.includes('"metadata":{"type":"object"}'));
    assert.deepEqual(
      kind.strategy.validate?.(made as never, { operation: "CREATE", subresource: "", user: "", now: 0, configMap: () => undefined }),
      undefined,
    );
  });
});
