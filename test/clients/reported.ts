/** Programs that report their own tests, in the form of Go's testing package: `--- PASS: Name (0.1s)`. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { run } from "../e2e/harness.ts";

export interface Reported {
  readonly name: string;
  readonly outcome: "PASS" | "FAIL" | "SKIP";
  /** What was printed since the test before. */
  readonly output: string;
}

/** The tests of a program in the order in which they ended. */
export function parseReport(text: string): Reported[] {
  const found: Reported[] = [];
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    const [, outcome, name = ""] = /^--- (PASS|FAIL|SKIP): (\S+)/.exec(line) ?? [];
    if (outcome === undefined) lines.push(line);
    else found.push({ name, outcome: outcome as Reported["outcome"], output: lines.splice(0).join("\n") });
  }
  return found;
}

export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Fewer reported tests than this are a failure: the program ended early, or did not find them. */
  readonly atLeast: number;
}

/** Runs the program to its end; each test that it reports becomes one of ours. */
export async function runReported(t: TestContext, { path, args, env, atLeast }: Program): Promise<void> {
  const { code, stdout, stderr } = await run(path, args, { env, timeoutMs: 240_000 });
  const reports = parseReport(stdout);
  for (const { name, outcome, output } of reports) {
    await t.test(name, () => assert.equal(outcome, "PASS", `${output}\n${stderr.slice(-4000)}`));
  }
  assert.equal(code, 0, `${stdout.slice(-4000)}\n${stderr.slice(-4000)}`);
  assert.ok(reports.length >= atLeast, `${reports.length} tests were reported, of ${atLeast}:\n${stdout.slice(-4000)}`);
}
