import assert from "node:assert/strict";
import { test } from "node:test";
import { hash53 } from "./hash.ts";

test("equal texts have equal hashes, a hundred thousand similar ones have different ones", () => {
  const texts = Array.from({ length: 100_000 }, (_, index) => `["Service","default","idle-${index}","Normal","Created"]`);
  const hashes = new Set(texts.map(hash53));
  assert.equal(hashes.size, texts.length);
  assert.ok([...hashes].every((hash) => Number.isSafeInteger(hash) && hash >= 0));
  assert.equal(hash53(texts[7] as string), hash53('["Service","default","idle-7","Normal","Created"]'));
});

test("both halves of a hash tell texts apart", () => {
  const halves = (pick: (hash: number) => number) =>
    new Set(Array.from({ length: 1000 }, (_, index) => pick(hash53(`text ${index}`)))).size;
  assert.ok(halves((hash) => hash % 2 ** 32) > 990);
  assert.ok(halves((hash) => Math.floor(hash / 2 ** 32)) > 990);
});
