/** The test kit of the CloudEvents SQL Expression Language, read where it stands beside the clone. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { compileCesql, type Evaluation } from "../../src/api/cesql/compile.ts";
import { parseCesql } from "../../src/api/cesql/parser.ts";
import { CesqlSyntaxError } from "../../src/api/cesql/syntax.ts";
import type { Value } from "../../src/api/cesql/value.ts";

const SHARED = join(import.meta.dirname, "../../../shared");
const KIT = join(SHARED, "vectors/cesql");

interface Case {
  readonly name: string;
  /** YAML reads `true` and `1` as what they are. */
  readonly expression: Value;
  readonly result?: Value;
  readonly error?: string;
  readonly event?: Record<string, Value>;
  readonly eventOverrides?: Record<string, Value>;
}

const EVENT = { specversion: "1.0", id: "id", source: "http://localhost/source", type: "type" };

function evaluate(expression: string, event: Readonly<Record<string, Value>>): Evaluation | "parse" {
  try {
    return compileCesql(parseCesql(expression))((name) => event[name]);
  } catch (error) {
    if (error instanceof CesqlSyntaxError) return "parse";
    throw error;
  }
}

function check({ expression, result, error, event, eventOverrides }: Case): void {
  const outcome = evaluate(String(expression), event ?? { ...EVENT, ...eventOverrides });
  if (outcome === "parse" || error === "parse") return assert.deepEqual([outcome, error], ["parse", "parse"]);
  assert.equal(outcome.error?.kind, error);
  if (result !== undefined) assert.equal(outcome.value, result);
}

test("cesql: the test kit of the specification", { skip: !existsSync(SHARED) && "needs test vectors beside the clone" }, async (t) => {
  const files = globSync("*.yaml", { cwd: KIT }).toSorted();
  assert.ok(files.length > 0, `no kit in ${KIT}`);
  for (const file of files) {
    const kit = parse(readFileSync(join(KIT, file), "utf8")) as { readonly tests: readonly Case[] };
    for (const one of kit.tests) await t.test(`${file}: ${one.name}`, () => check(one));
  }
});
