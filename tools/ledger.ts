/**
 * The ledger docs/status.md: one row a behaviour, `| behaviour | test file › test name | state |`. Static part: every row
 * has a state and names tests that stand in the source. After the suites, `node bin/node.js tools/ledger.ts` checks
 * that every test named by a `done` row ran and passed in one of the recorded runs.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TestRecord } from "./test.ts";

const ROOT = join(import.meta.dirname, "..");

export interface LedgerRow {
  readonly line: number;
  readonly behaviour: string;
  /** `file › name`; several are separated by `<br>`. */
  readonly tests: readonly { readonly file: string; readonly name: string }[];
  readonly state: string;
}

export function parseLedger(text: string): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.startsWith("| ")) continue;
    const cells = line
      .slice(1, line.lastIndexOf("|"))
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll("\\|", "|"));
    const [behaviour = "", tests = "", state = ""] = cells;
    if (behaviour === "behaviour" || behaviour.startsWith("--")) continue;
    rows.push({ line: index + 1, behaviour, tests: parseTests(tests), state });
  }
  return rows;
}

function parseTests(cell: string): LedgerRow["tests"] {
  if (cell === "" || cell === "-") return [];
  return cell.split("<br>").map((text) => {
    const [file = "", ...name] = text.split("›").map((part) => part.trim());
    return { file, name: name.join("›") };
  });
}

/** What is wrong with the rows, judged from the source alone. */
export function staticProblems(rows: readonly LedgerRow[], root = ROOT): string[] {
  const problems: string[] = [];
  for (const row of rows) {
    const say = (what: string) => problems.push(`docs/status.md:${row.line}: ${what}`);
    if (row.state !== "done" && row.state !== "open") say(`state "${row.state}" is neither done nor open`);
    if (row.state === "done" && row.tests.length === 0) say(`done without a test: ${row.behaviour}`);
    for (const test of row.tests) if (!existsSync(join(root, test.file))) say(`${test.file} does not exist`);
  }
  return problems;
}

/** `done` rows whose test did not run, or did not pass, in any of the recorded runs. */
export function recordedProblems(rows: readonly LedgerRow[], records: readonly TestRecord[]): string[] {
  const passed = new Set(records.filter((record) => record.outcome === "passed").map((record) => `${record.file} › ${record.name}`));
  const done = rows.filter((row) => row.state === "done");
  return done.flatMap((row) =>
    row.tests
      .filter((test) => !passed.has(`${test.file} › ${test.name}`))
      .map((test) => `docs/status.md:${row.line}: no run passed ${test.file} › ${test.name}`),
  );
}

function main(): void {
  const rows = parseLedger(readFileSync(join(ROOT, "docs/status.md"), "utf8"));
  const files = globSync(".cache/tests/*.json", { cwd: ROOT });
  const records = files.flatMap((file) => JSON.parse(readFileSync(join(ROOT, file), "utf8")) as TestRecord[]);
  const problems = [...staticProblems(rows), ...recordedProblems(rows, records)];
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  const open = rows.filter((row) => row.state === "open").length;
  process.stdout.write(`ledger: ${rows.length - open} done, ${open} open, ${problems.length} problems\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
