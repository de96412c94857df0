import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deepEqual } from "./json.ts";

describe("deepEqual", () => {
  it("does not take an inherited member for a key", () => {
    assert.equal(deepEqual({ a: 1 }, { a: 1, constructor: "x" }), false);
    assert.equal(deepEqual({ a: 1, toString: "x" }, { a: 1 }), false);
    assert.equal(deepEqual({ constructor: "x" }, { constructor: "x" }), true);
  });

  it("takes an undefined member for an absent one", () => {
    assert.equal(deepEqual({ a: 1, b: undefined }, { a: 1 }), true);
    assert.equal(deepEqual({ a: [{ b: 1 }] }, { a: [{ b: 1, c: undefined }] }), true);
  });

  it("tells lists, maps and null apart", () => {
    for (const [a, b] of [
      [[], {}],
      [{}, null],
      [[], null],
      [[1], [1, 2]],
      [{ 0: 1 }, [1]],
    ] as const)
      assert.equal(deepEqual(a, b), false);
  });
});
