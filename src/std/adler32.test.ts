import assert from "node:assert/strict";
import { test } from "node:test";
import { adler32 } from "./adler32.ts";

test("adler32 of known texts", () => {
  assert.equal(adler32(""), 1);
  assert.equal(adler32("Wikipedia"), 0x11e60398);
  assert.equal(adler32("z".repeat(10_000)), 0x627b9eaf);
});
