import assert from "node:assert/strict";
import { test } from "node:test";
import { parseReport } from "./reported.ts";

test("a report has each test with its outcome and what was printed for it", () => {
  const first = "=== RUN   TestA\n--- PASS: TestA (0.00s)\nnot so\n--- FAIL: TestB (1.20s)\n";
  const text = `${first}    --- PASS: TestB/part (0.1s)\n--- SKIP: TestC (0.00s)\nFAIL\n`;
  assert.deepEqual(parseReport(text), [
    { name: "TestA", outcome: "PASS", output: "=== RUN   TestA" },
    { name: "TestB", outcome: "FAIL", output: "not so" },
    { name: "TestC", outcome: "SKIP", output: "    --- PASS: TestB/part (0.1s)" },
  ]);
});
