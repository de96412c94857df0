import assert from "node:assert/strict";
import { test } from "node:test";
import { goJsonError } from "./go-json-error.ts";

const ROWS: readonly (readonly [string, string])[] = [
  ["", "unexpected end of JSON input"],
  ['{"a":1', "unexpected end of JSON input"],
  ['{"a', "unexpected end of JSON input"],
  ["x", "invalid character 'x' looking for beginning of value"],
  ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ["[1 2]", "invalid character '2' after array element"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ["{} x", "invalid character 'x' after top-level value"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\q"', "invalid character 'q' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ["trux", "invalid character 'x' in literal true (expecting 'e')"],
  ["nul", "invalid character ' ' in literal null (expecting 'l')"],
  ["1.x", "invalid character 'x' after decimal point in numeric literal"],
  ["1e+", "invalid character ' ' in exponent of numeric literal"],
  ["01", "invalid character '1' after top-level value"],
  ["-x", "invalid character 'x' in numeric literal"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
];

for (const [text, message] of ROWS) {
  test(`Go says of ${JSON.stringify(text)}: ${message}`, () => assert.equal(goJsonError(text), message));
}

test("nesting without end is answered", () => {
  assert.equal(goJsonError("[".repeat(1_000_000)), "exceeded max depth");
});
