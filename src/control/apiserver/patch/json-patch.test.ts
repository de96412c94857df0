import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deepFreeze } from "../../../std/json.ts";
import { jsonPatch } from "./json-patch.ts";

const document = deepFreeze({ data: { a: "1" }, list: ["x", "y"], "a/b": { "~c": 1 } });

function patched(...operations: readonly object[]): unknown {
  const result = jsonPatch(document, operations);
  return result.kind === "ok" ? result.object : result;
}

describe("JSON patch", () => {
  it("adds, removes, replaces, moves, copies and tests, on a clone", () => {
    assert.deepEqual(
      patched(
        { op: "test", path: "/data/a", value: "1" },
        { op: "add", path: "/list/-", value: "z" },
        { op: "add", path: "/list/0", value: "w" },
        { op: "copy", from: "/data/a", path: "/data/b" },
        { op: "move", from: "/list/1", path: "/data/x" },
        { op: "replace", path: "/a~1b/~0c", value: null },
        { op: "remove", path: "/data/a" },
      ),
      { data: { b: "1", x: "x" }, list: ["w", "y", "z"], "a/b": { "~c": null } },
    );
  });

  it("takes a replace of a missing member for an add, as Kubernetes does", () => {
    assert.deepEqual((patched({ op: "replace", path: "/data/z", value: "1" }) as { data: object }).data, { a: "1", z: "1" });
  });

  it("says which operation fails", () => {
    const rows: readonly object[] = [
      { op: "test", path: "/data/a", value: "9" },
      { op: "remove", path: "/data/zzz" },
      { op: "add", path: "/binaryData/x", value: "1" },
      { op: "frob", path: "/data/x" },
      { op: "add", path: "/list/3", value: "1" },
      { op: "add", path: "/list/01", value: "1" },
      { op: "replace", path: "/list/2", value: "1" },
      { op: "remove", path: "/list/-" },
      { op: "remove", path: "/list/-1" },
      { op: "add", path: "data", value: "1" },
      { op: "add", value: "1" },
      { op: "move", path: "/data/b" },
      { op: "copy", from: "/nope", path: "/data/b" },
      { op: "add", path: "/list/length", value: 0 },
      { op: "add", path: "/data/a/x", value: 0 },
      {},
    ];
    for (const row of rows) {
      const result = jsonPatch(document, [{ op: "add", path: "/data/ok", value: "1" }, row]);
      assert.deepEqual(result, { kind: "failed", operation: 1 }, JSON.stringify(row));
    }
  });

  it("does not reach prototypes, by whatever spelling", () => {
    for (const path of [
      "/__proto__/polluted",
      "/constructor/prototype/polluted",
      "/data/__proto__",
      "/data/constructor",
      "/list/__proto__/x",
    ]) {
      assert.equal(jsonPatch(document, [{ op: "add", path, value: { polluted: 1 } }]).kind, "failed", path);
    }
    assert.equal(jsonPatch(document, [{ op: "copy", from: "/toString", path: "/data/x" }]).kind, "failed");
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });

  it("refuses what is no list of operations", () => {
    const message = "json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp";
    assert.deepEqual(jsonPatch(document, { op: "add" }), { kind: "malformed", message });
    assert.equal(jsonPatch(document, [1]).kind, "malformed");
  });

  it("limits operations and what copies add up to", () => {
    const one = { op: "add", path: "/data/a", value: "1" };
    assert.equal(
      jsonPatch(
        document,
        Array.from({ length: 10_000 }, () => one),
      ).kind,
      "ok",
    );
    assert.equal(
      jsonPatch(
        document,
        Array.from({ length: 10_001 }, () => one),
      ).kind,
      "tooLarge",
    );
    const doubling = Array.from({ length: 60 }, (_, i) => ({ op: "copy", from: "/data", path: `/data/c${i}` }));
    assert.equal(jsonPatch(document, doubling).kind, "tooLarge");
  });
});
