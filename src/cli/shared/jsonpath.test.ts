import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateJsonPath, expandJsonPath } from "./jsonpath.ts";

const list = {
  items: [
    { metadata: { name: "a", annotations: { "x.dev/y": "1" } }, n: 1, ready: true },
    { metadata: { name: "b" }, n: 2, ready: false },
  ],
};

const CASES: readonly (readonly [string, string])[] = [
  ["{.items[*].metadata.name}", "a b"],
  ["{.items[0].metadata.name}", "a"],
  ["{.items[-1:].metadata.name}", "b"],
  ["{$.items[1].n}", "2"],
  ["items: {.items[*].n}!", "items: 1 2!"],
  ['{range .items[*]}{.metadata.name}{"\\t"}{.n}{"\\n"}{end}', "a\t1\nb\t2\n"],
  ["{.items[0].metadata.annotations['x.dev/y']}", "1"],
  ["{.items[0].metadata.annotations.x\\.dev/y}", "1"],
  ["{.items[?(@.n==2)].metadata.name}", "b"],
  ["{.items[?(@.n>1)].metadata.name}", "b"],
  ['{.items[?(@.metadata.name=="a")].n}', "1"],
  ["{..name}", "a b"],
  ["{.nothing}", ""],
  ["{.items[0].metadata.annotations}", '{"x.dev/y":"1"}'],
  [".items[0].n", "1"],
];

for (const [template, text] of CASES) {
  test(`jsonpath ${template}`, () => assert.equal(expandJsonPath(template, list), text));
}

test("jsonpath as values", () => assert.deepEqual(evaluateJsonPath("{.items[*].n}", list), [1, 2]));

test("jsonpath that is not closed", () => assert.throws(() => expandJsonPath("{.a", list), /unclosed action/));
