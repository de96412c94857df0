import assert from "node:assert/strict";
import { test } from "node:test";
import { shortHash } from "./short-hash.ts";

test("a short hash is stable, of the asked length, and fits a name", () => {
  assert.equal(shortHash("a"), shortHash("a"));
  assert.notEqual(shortHash("a"), shortHash("b"));
  assert.match(shortHash("some text"), /^[a-z2-9]{10}$/);
  assert.equal(shortHash("a", 5).length, 5);
});
