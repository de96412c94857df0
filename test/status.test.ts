import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseLedger, recordedProblems, staticProblems } from "../tools/ledger.ts";

const text = readFileSync(join(import.meta.dirname, "../docs/status.md"), "utf8");

test("every row of the ledger has a state, and a done row names tests that exist", () => {
  const rows = parseLedger(text);
  assert.ok(rows.length > 20, `only ${rows.length} rows`);
  assert.deepEqual(staticProblems(rows), []);
});

test("the ledger's own check notices a done row whose test did not run", () => {
  const rows = parseLedger("| a | x.test.ts › one | done |\n| b | - | done |\n| c | - | open |");
  assert.equal(staticProblems(rows, "/nowhere").length, 2);
  assert.deepEqual(recordedProblems(rows, [{ file: "x.test.ts", name: "one", outcome: "passed" }]), []);
  assert.equal(recordedProblems(rows, [{ file: "x.test.ts", name: "one", outcome: "skipped" }]).length, 1);
});
