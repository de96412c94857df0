import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { configMapKind } from "../../../api/core/config-map.ts";
import { podKind } from "../../../api/core/pod.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import { matchesFields, parseFieldSelector } from "./field-selector.ts";
import { matchesLabels, parseLabelSelector } from "./label-selector.ts";

const LABELS = { a: "1", "x.io/b": "two", empty: "" };

const cases: readonly (readonly [selector: string, matches: boolean])[] = [
  ["", true],
  ["a", true],
  ["!a", false],
  ["z", false],
  ["!z", true],
  ["a=1", true],
  ["a==1", true],
  [" a = 1 , x.io/b = two ", true],
  ["a!=1", false],
  ["z!=1", true],
  ["a in (1,2)", true],
  ["a in (2)", false],
  ["z in (2)", false],
  ["a notin (2)", true],
  ["z notin (2)", true],
  ["empty=", true],
  ["a=", false],
  ["a>0", true],
  ["a<0", false],
  ["in in (in)", false],
];

test("label selectors match as Kubernetes does", () => {
  for (const [selector, expected] of cases) assert.equal(matchesLabels(parseLabelSelector(selector), LABELS), expected, selector);
});

test("what cannot be read is a 400 that says where", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["a b c", /found 'b', expected: in, notin, =, ==, !=, gt, lt/],
    ["a in 1", /expected: '\('/],
    ["a,", /expected: identifier after ','/],
    ["=1", /expected: !, identifier/],
    ["a=_x_", /values\[0\]\[a\]: Invalid value: "_x_"/],
    ["a>x", /the value must be an integer/],
  ];
  for (const [selector, text] of refused) assert.throws(() => parseLabelSelector(selector), text, selector);
});

test("no text makes the parsers do anything but answer or refuse with a 400", () => {
  const refusal = (error: unknown) => assert.equal((error as { code?: number }).code, 400);
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseLabelSelector, (each: string) => parseFieldSelector(each, configMapKind as Kind)]) {
        try {
          parse(text);
        } catch (error) {
          refusal(error);
        }
      }
    }),
  );
});

test("field selectors read metadata and what the kind offers, with escapes", () => {
  const pod = { metadata: { name: "a,b", namespace: "n" }, spec: { containers: [], nodeName: "x" }, status: { phase: "Running" } };
  const matches = (selector: string) => matchesFields(parseFieldSelector(selector, podKind as Kind), podKind as Kind, pod);
  assert.equal(matches("metadata.name=a\\,b"), true);
  assert.equal(matches("status.phase!=Pending,spec.nodeName=x"), true);
  assert.equal(matches("status.phase==Pending"), false);
  assert.throws(() => matches("spec.foo=1"), /field label not supported: spec\.foo/);
  assert.throws(() => parseFieldSelector("foo", configMapKind as Kind), /invalid selector: 'foo'; can't understand 'foo'/);
});
