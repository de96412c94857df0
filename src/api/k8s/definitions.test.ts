import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtinKinds } from "../builtin.ts";
import { resolveSchema, schemaRef } from "../meta/schema.ts";
import { ATOMIC_STRUCTS } from "./atomic-structs.ts";
import { builtinDefinitions as definitions } from "./definitions.ts";
import { groupVersionKindOf } from "./groups.ts";

const CORE = "io.k8s.api.core.v1.";
const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

describe("definitions", () => {
  it("every reference leads somewhere", () => {
    const missing = new Set<string>();
    JSON.stringify(definitions, (key, value: unknown) => {
      if (key === "$ref" && typeof value === "string" && definitions[value.replace("#/components/schemas/", "")] === undefined)
        missing.add(value);
      return value;
    });
    assert.deepEqual([...missing], []);
    assert.ok(Object.keys(definitions).length > 400);
  });

  it("lists say how they are merged", () => {
    assert.deepEqual(definitions[`${CORE}Container`]?.properties?.["ports"], {
      type: "array",
      items: { $ref: `#/components/schemas/${CORE}ContainerPort` },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
      "x-kubernetes-patch-strategy": "merge",
      "x-kubernetes-patch-merge-key": "containerPort",
    });
    assert.equal(definitions[`${CORE}ContainerPort`]?.properties?.["protocol"]?.default, "TCP");
  });

  it("selectors and references are owned as a whole", () => {
    assert.equal(definitions[`${META}LabelSelector`]?.["x-kubernetes-map-type"], "atomic");
    assert.equal(definitions[`${CORE}ConfigMapEnvSource`]?.["x-kubernetes-map-type"], undefined);
    for (const name of ATOMIC_STRUCTS) assert.ok(definitions[name] !== undefined, name);
  });

  it("embedded structs are flattened", () => {
    const properties = Object.keys(definitions[`${CORE}Volume`]?.properties ?? {});
    assert.ok(properties.includes("name") && properties.includes("configMap") && !properties.includes(""));
  });

  it("scalars with a struct behind them are strings of their own", () => {
    assert.deepEqual(resolveSchema(definitions, schemaRef("io.k8s.apimachinery.pkg.util.intstr.IntOrString")), {
      type: "string",
      format: "int-or-string",
    });
    assert.deepEqual(definitions[`${META}ObjectMeta`]?.properties?.["creationTimestamp"], { $ref: `#/components/schemas/${META}Time` });
    assert.deepEqual(definitions[`${META}Time`], { type: "string", format: "date-time" });
  });

  it("root kinds and their lists carry group, version and kind", () => {
    assert.deepEqual(definitions["io.k8s.api.apps.v1.DeploymentList"]?.["x-kubernetes-group-version-kind"], [
      { group: "apps", version: "v1", kind: "DeploymentList" },
    ]);
    assert.equal(definitions[`${CORE}PodSpec`]?.["x-kubernetes-group-version-kind"], undefined);
  });

  it("each kind's definition has the group, version and kind of the kind", () => {
    for (const { definition, group, version, kind } of builtinKinds) {
      assert.ok(definitions[definition] !== undefined, definition);
      assert.deepEqual(groupVersionKindOf(definition), { group, version, kind });
    }
  });

  it("is not reached by names of Object.prototype", () => {
    for (const name of ["__proto__", "constructor", "toString"]) assert.equal(definitions[name], undefined);
  });
});
