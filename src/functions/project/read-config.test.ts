import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readConfig } from "./read-config.ts";
import { problemsText } from "./shaped-text.ts";

const FACTS = { modified: "2026-01-01T00:00:00Z" };
const LINES = [
  "specVersion: 0.36.0",
  "version: 0.19.0",
  "name: a",
  "runtime: go",
  "created: 2026-01-01T00:00:00Z",
  "build: local",
  "run: &a",
  "deploy: *a",
];
const PIECES = [
  "run:",
  "  envs:",
  "  - name: A",
  "    value: 1",
  "- x",
  "  volumes: [{}, {path: /}]",
  "? {a: b}",
  ": x",
  "<<: *a",
  "options: []",
  "git:",
];

const yamlLike = fc
  .array(fc.oneof(fc.constantFrom(...LINES, ...PIECES), fc.string({ maxLength: 12 })), { maxLength: 12 })
  .map((lines) => lines.join("\n"));

test("any text gets an answer: a config, or problems that can be told", () => {
  fc.assert(
    fc.property(yamlLike, (text) => {
      const read = readConfig(text, FACTS);
      if (read.kind === "invalid") assert.match(problemsText("func.yaml", read.problems), /^'func.yaml' contains errors:\n\t/);
      else assert.equal(typeof read.config.name, "string");
    }),
    { numRuns: 400 },
  );
});

test("aliases that would grow without end are refused", () => {
  const grow = Array.from({ length: 12 }, (_, index) => `x${index + 1}: &x${index + 1} [*x${index}, *x${index}]`);
  const text = `specVersion: 0.36.0\nname: a\nruntime: go\ncreated: 2026-01-01T00:00:00Z\nx0: &x0 [a]\n${grow.join("\n")}\n`;
  assert.equal(readConfig(text, FACTS).kind, "ok"); // unknown fields are not followed
});
