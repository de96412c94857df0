import assert from "node:assert/strict";
import { test } from "node:test";
import { threeWayMergePatch } from "./merge-patch.ts";

const CASES: readonly { what: string; original: object; wanted: object; current: object; patch: object | undefined }[] = [
  { what: "equal needs nothing", original: { a: 1 }, wanted: { a: 1 }, current: { a: 1, server: true }, patch: undefined },
  { what: "a change", original: { a: 1 }, wanted: { a: 2 }, current: { a: 1 }, patch: { a: 2 } },
  {
    what: "what is wanted no more is deleted",
    original: { a: { x: 1, y: 2 } },
    wanted: { a: { x: 1 } },
    current: { a: { x: 1, y: 2, z: 3 } },
    patch: { a: { y: null } },
  },
  { what: "what only others set is left alone", original: {}, wanted: { a: 1 }, current: { a: 1, b: 2 }, patch: undefined },
  { what: "lists as a whole", original: {}, wanted: { l: [{ n: 1 }] }, current: { l: [{ n: 1, d: 0 }] }, patch: { l: [{ n: 1 }] } },
];

for (const { what, original, wanted, current, patch } of CASES) {
  test(`three-way patch: ${what}`, () => assert.deepEqual(threeWayMergePatch(original, wanted, current), patch));
}
