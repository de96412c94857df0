import assert from "node:assert/strict";
import { test } from "node:test";
import { compileCesql } from "./compile.ts";
import { compileLike } from "./like.ts";
import { parseCesql } from "./parser.ts";
import { CesqlSyntaxError } from "./syntax.ts";
import type { Value } from "./value.ts";

const EVENT: Readonly<Record<string, Value>> = { id: "a-1", source: "/shop", type: "order.created", amount: 12, vip: true, text: "5" };

function evaluate(expression: string): string {
  const { value, error } = compileCesql(parseCesql(expression))((name) => EVENT[name]);
  return error === undefined ? JSON.stringify(value) : `${JSON.stringify(value)} ${error.kind}`;
}

function table(title: string, rows: Readonly<Record<string, string>>): void {
  test(title, () => {
    const actual = Object.keys(rows).map((expression) => [expression, evaluate(expression)]);
    assert.deepEqual(Object.fromEntries(actual), rows);
  });
}

table("cesql: attributes keep their type; names have no case", {
  "amount + 1": "13",
  "AMOUNT = 12": "true",
  "vip AND Type = 'order.created'": "true",
  missing: "false missingAttribute",
  "EXISTS amount AND NOT EXISTS missing": "true",
});

table("cesql: precedence", {
  "NOT vip = false": "true",
  "1 + 2 * 3 - 4 % 3": "6",
  "-2 * -3": "6",
  "- amount": "-12",
  "2 + 3 = 5 AND 1 < 2": "true",
  "type LIKE 'order%' AND id IN ('a-1', 'b')": "true",
  "TRUE OR FALSE AND FALSE": "false",
  "TRUE XOR TRUE OR TRUE": "true",
});

table("cesql: AND and OR stop early", {
  "FALSE AND 1 / 0 = 1": "false",
  "TRUE OR missing": "true",
  "TRUE AND missing": "false missingAttribute",
});

table("cesql: casts follow the right side for =, the left side for IN", {
  "text = 5": "true",
  "5 = text": "true",
  "'abc' = 5": "false cast",
  "TRUE = 'yes'": "false",
  "5 IN ('5', 'x')": "true",
  "5 IN ('x', '5')": "true cast",
  "'5' IN (5)": "true",
  "amount NOT IN (1, 2)": "true",
  "missing IN ('a')": "false missingAttribute",
});

table("cesql: 32 bits", {
  "2147483647 + 1": "2147483647 math",
  "-2147483648 - 1": "-2147483648 math",
  "-2147483648": "-2147483648",
  "-7 / 2": "-3",
  "-7 % 2": "-1",
  "INT('2147483648')": "0 cast",
  "INT('+12')": "12",
});

table("cesql: functions of text", {
  "LENGTH('grüß')": "4",
  "CONCAT('a', 1, TRUE)": '"a1true"',
  "CONCAT_WS('-', 'a', 'b', 3)": '"a-b-3"',
  "concat()": '""',
  "UPPER(type)": '"ORDER.CREATED"',
  "TRIM('  x ')": '"x"',
  "LEFT('abc', 2)": '"ab"',
  "LEFT('abc', 9)": '"abc"',
  "LEFT('abc', -1)": '"abc" functionEvaluation',
  "RIGHT('abc', 2)": '"bc"',
  "RIGHT('abc', 0)": '""',
  "SUBSTRING('abcdef', 3)": '"cdef"',
  "SUBSTRING('abcdef', -3, 2)": '"de"',
  "SUBSTRING('abcdef', 0)": '""',
  "SUBSTRING('abcdef', 7)": '"" functionEvaluation',
  "SUBSTRING('abcdef', 2, -1)": '"" functionEvaluation',
});

table("cesql: functions that cast and ask", {
  "BOOL('tRue')": "true",
  "BOOL(10)": "true",
  "BOOL('x')": "false cast",
  "STRING(12)": '"12"',
  "IS_INT('12')": "true",
  "IS_INT('x')": "false",
  "IS_BOOL('no')": "false",
  "ABS(-5)": "5",
  "NOPE(1)": "false missingFunction",
  "LENGTH()": "false missingFunction",
  "LENGTH(missing)": "0 missingAttribute",
});

test("cesql: what is refused, and where", () => {
  const refused: Readonly<Record<string, number>> = {
    "": 0,
    "a =": 3,
    "(a": 2,
    "a b": 2,
    "'open": 0,
    "a LIKE b": 7,
    "a NOT = b": 6,
    "a ? b": 2,
    "4294967296": 0,
    "EXISTS 'a'": 7,
    "f(1,": 4,
    "a IN ()": 6,
    AND: 0,
    "1abc": 0,
  };
  for (const [expression, position] of Object.entries(refused)) {
    assert.throws(
      () => parseCesql(expression),
      (error) => error instanceof CesqlSyntaxError && error.position === position,
      expression,
    );
  }
  assert.throws(() => parseCesql("(".repeat(5_000) + "1"), /nested too deeply/);
  assert.throws(() => parseCesql(`'${"a".repeat(20_000)}'`), /more than 16384 characters/);
});

test("cesql: LIKE answers as a search that tries everything does", () => {
  const slow = (pattern: string, text: string): boolean => {
    if (pattern === "") return text === "";
    const [first, rest] = [pattern.charAt(0), pattern.slice(1)];
    if (first === "%") return slow(rest, text) || (text !== "" && slow(pattern, text.slice(1)));
    return text !== "" && (first === "_" || first === text.charAt(0)) && slow(rest, text.slice(1));
  };
  const texts = (alphabet: string, length: number): string[] =>
    length === 0 ? [""] : [...alphabet].flatMap((letter) => texts(alphabet, length - 1).map((rest) => letter + rest));
  for (let patternLength = 0; patternLength <= 4; patternLength++) {
    for (const pattern of texts("a%_", patternLength)) {
      const matches = compileLike(pattern);
      for (const text of [0, 1, 2, 3].flatMap((length) => texts("ab", length))) {
        assert.equal(matches(text), slow(pattern, text), `${JSON.stringify(text)} LIKE ${JSON.stringify(pattern)}`);
      }
    }
  }
});
