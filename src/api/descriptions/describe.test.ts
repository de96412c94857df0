import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonSchema } from "../meta/schema.ts";
import { describeWith, descriptionsOf } from "./describe.ts";

const text = { type: "string" } as const;

const describeType = describeWith(
  descriptionsOf([
    { prefix: "", types: { Object: { kind: "The kind." }, List: { "": "A list.", kind: "Of the list." } } },
    {
      prefix: "a.",
      types: {
        Box: { "": "A box.", lid: "What closes it.", parts: "What is in it.", byName: "The same by name." },
        Lid: { color: "Of paint." },
        RedLid: { shape: "Always round." },
      },
      bases: { RedLid: "Lid" },
      members: { "Box.lid": "RedLid", "Box.parts": "Lid", "Box.byName": "Lid" },
    },
  ]),
);

const lid: JsonSchema = { type: "object", properties: { color: text, shape: text } };

describe("descriptions", () => {
  it("are put on a type and its fields, and what has none stays as it is", () => {
    assert.deepEqual(describeType("a.Box", { type: "object", properties: { lid: { $ref: "#/x" }, other: text } }), {
      type: "object",
      description: "A box.",
      properties: { lid: { $ref: "#/x", description: "What closes it." }, other: text },
    });
    assert.deepEqual(describeType("b.Unknown", { type: "object", properties: { lid: text } }), {
      type: "object",
      properties: { lid: text },
    });
  });

  it("reach into values that are written in place, also in lists and maps, and take what they lack from their base", () => {
    const properties = {
      lid,
      parts: { type: "array", items: lid },
      byName: { type: "object", additionalProperties: lid },
    } as const;
    const described = describeType("a.Box", { type: "object", properties }).properties ?? {};
    const color = { ...text, description: "Of paint." };
    assert.deepEqual(described["lid"]?.properties, { color, shape: { ...text, description: "Always round." } });
    assert.deepEqual(described["parts"]?.items?.properties, { color, shape: text });
    assert.deepEqual(described["byName"]?.additionalProperties, { type: "object", properties: { color, shape: text } });
  });

  it("of every object and every list hold for kinds of others too", () => {
    const gvk = { "x-kubernetes-group-version-kind": [{ group: "g", version: "v1", kind: "K" }] };
    const object = describeType("g.v1.K", { type: "object", properties: { kind: text }, ...gvk });
    assert.equal(object.properties?.["kind"]?.description, "The kind.");
    const list = describeType("g.v1.KList", { type: "object", properties: { kind: text, items: { type: "array", items: text } }, ...gvk });
    assert.deepEqual([list.description, list.properties?.["kind"]?.description], ["A list.", "Of the list."]);
  });

  it("never replace what a schema says of itself", () => {
    const said = { ...text, description: "Mine." };
    const own = describeType("a.Box", { type: "object", description: "Own.", properties: { lid: said } });
    assert.deepEqual([own.description, own.properties?.["lid"]], ["Own.", said]);
  });
});
