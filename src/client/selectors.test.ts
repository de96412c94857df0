import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSelector, matchesSelector, parseSelector } from "./selectors.ts";

const ROWS: readonly [selector: string, labels: Record<string, string>, matches: boolean][] = [
  ["", {}, true],
  ["a=b", { a: "b", c: "d" }, true],
  ["a==b,c!=d", { a: "b", c: "d" }, false],
  ["c!=d", {}, true],
  ["a in (x, y)", { a: "y" }, true],
  ["a notin (x,y),b", { a: "z" }, false],
  ["!a", { a: "" }, false],
  ["!a,b=", { b: "" }, true],
];

for (const [text, labels, expected] of ROWS) {
  test(`selector "${text}" on ${JSON.stringify(labels)} is ${expected}`, () => {
    const selector = parseSelector(text);
    assert.equal(matchesSelector(selector, labels), expected);
    assert.equal(matchesSelector(parseSelector(formatSelector(selector)), labels), expected);
  });
}

test("an absent selector picks nothing, and nonsense is refused", () => {
  assert.equal(matchesSelector(undefined, {}), false);
  assert.throws(() => parseSelector("a >> b"), SyntaxError);
});
