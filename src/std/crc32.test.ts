import assert from "node:assert/strict";
import test from "node:test";
import { crc32 } from "./crc32.ts";

test("crc32 gives the check value of the standard", () => {
  assert.equal(crc32("123456789"), 0xcbf43926);
  assert.equal(crc32(new Uint8Array()), 0);
});
