import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtinDefinitions } from "../../../../api/k8s/definitions.ts";
import type { Definitions } from "../../../../api/meta/schema.ts";
import recorded from "./type-model.fixture.json" with { type: "json" };
import { typeModel, type MapModel, type TypeModel } from "./type-model.ts";

/**
 * Fields that are not owned as a whole, by definition, from client-go v0.34.4's own schema: `map`, or `list` with the
 * names of its keys; `always` if the field has a value even when nobody sets it.
 */
const EXPECTED = recorded as Readonly<Record<string, Readonly<Record<string, string>>>>;

function describeField(model: MapModel, name: string, type: TypeModel): string | undefined {
  if (type.kind === "leaf") return undefined;
  const keys = type.kind === "list" ? ["list", ...type.keys].join(" ") : "map";
  return `${keys}${model.embedded.includes(name) && type.kind === "map" ? " always" : ""}`;
}

describe("type model", () => {
  it("divides the built-in types as the real one does", () => {
    let seen = 0;
    for (const [definition, fields] of Object.entries(EXPECTED)) {
      const model = typeModel(builtinDefinitions, definition);
      if (model.kind !== "map") assert.fail(definition);
      for (const name of Object.keys(builtinDefinitions[definition]?.properties ?? {})) {
        const field = model.field(name);
        assert.ok(field, `${definition}.${name}`);
        seen++;
        assert.equal(describeField(model, name, field.type), fields[name], `${definition}.${name}`);
      }
    }
    assert.ok(seen > 1000);
  });

  it("makes one model a definition", () => {
    const pod = "io.k8s.api.core.v1.Pod";
    assert.equal(typeModel(builtinDefinitions, pod), typeModel(builtinDefinitions, pod));
  });

  it("takes a type that refers to itself", () => {
    const self = { $ref: "#/components/schemas/x.Tree" };
    const definitions: Definitions = { "x.Tree": { type: "object", properties: { left: self, children: { type: "array", items: self } } } };
    const model = typeModel(definitions, "x.Tree");
    assert.equal(model.kind === "map" && model.field("left")?.type, model);
  });
});
