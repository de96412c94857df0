/**
 * The test runner: `npm test`, `npm run test:e2e`, `npm run soak`, or `node bin/node.js tools/test.ts [--suite NAME] [PATH ...]`.
 * A skipped test says why. With KINETIC_NO_SKIPS=1 (CI) a skip fails the run unless its reason can never hold for this user.
 * What ran is recorded under .cache/tests for the ledger check (tools/ledger.ts).
 */
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";

const ROOT = join(import.meta.dirname, "..");

/** Globs of each suite. `unit` is what `npm test` runs: no program but Node and npm is needed. */
const SUITES: Readonly<Record<string, readonly string[]>> = {
  unit: [
    "src/**/*.test.ts",
    "packages/*/src/*.test.ts",
    "test/*.test.ts",
    "test/sim/**/*.test.ts",
    "bench/**/*.test.ts",
    "tools/**/*.test.ts",
  ],
  e2e: ["test/e2e/**/*.test.ts"],
  clients: ["test/clients/**/*.test.ts", "test/conformance/**/*.test.ts"],
  soak: [
    "src/**/*.fuzz.test.ts",
    "test/sim/platform.test.ts",
    "src/control/apiserver/store/sqlite/crash.test.ts",
    "src/events/journal/crash.test.ts",
    "src/events/delivery/faults.test.ts",
  ],
};

export interface TestRecord {
  readonly file: string;
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly reason?: string;
}

/** A reason that this user cannot do anything about: the other of CI's two runs covers it. */
export function isExcusedSkip(reason: string, uid: number): boolean {
  // A clone elsewhere cannot have them; where their folder is and they are not, the test fails.
  if (reason === "needs test vectors beside the clone") return true;
  return uid === 0 ? reason.startsWith("needs an unprivileged user") : reason.startsWith("needs root");
}

/** End-to-end tests that mostly wait for programs, not for load that they make: two of them fit beside each other. */
const TWO_AT_ONCE = /\/test\/e2e\/(domain|event|func)[^/]*$/;

async function runSuite(suite: string, files: readonly string[], asked: number | undefined): Promise<TestRecord[]> {
  if (suite !== "e2e" || asked !== undefined) return runFiles(files, asked ?? (suite === "unit" ? 2 : 1));
  const pairs = files.filter((file) => TWO_AT_ONCE.test(file));
  const alone = files.filter((file) => !TWO_AT_ONCE.test(file));
  return [...(pairs.length === 0 ? [] : await runFiles(pairs, 2)), ...(alone.length === 0 ? [] : await runFiles(alone, 1))];
}

function filesOf(suite: string, paths: readonly string[]): string[] {
  const globs = paths.length > 0 ? paths : (SUITES[suite] ?? []);
  const files = globSync([...globs], { cwd: ROOT }).toSorted();
  if (files.length === 0) throw new Error(`no test file matches ${globs.join(" ")}`);
  return files.map((file) => join(ROOT, file));
}

/** What `npm run soak` asks of the suites that are bounded elsewhere; the environment may ask for more. */
const SOAK: Readonly<Record<string, string>> = {
  KINETIC_FUZZ_RUNS: "50000",
  KINETIC_SIM_SEEDS: "1-200",
  KINETIC_CRASH_POINTS: "3000",
  KINETIC_DELIVERY_SEEDS: "5000",
  KINETIC_TEST_TIMEOUT_MS: "3600000",
};

async function runFiles(files: readonly string[], concurrency: number): Promise<TestRecord[]> {
  const records: TestRecord[] = [];
  const timeout = Number(process.env["KINETIC_TEST_TIMEOUT_MS"] ?? 300_000);
  const stream = run({ files: [...files], concurrency, timeout });
  const note = (outcome: TestRecord["outcome"], data: TestEvent) => {
    // A test that a contract suite or a table declares belongs to the file that runs it.
    const declaredIn = data.entryFile ?? data.file;
    if (data.details?.type === "suite" || declaredIn === undefined) return;
    const file = relative(ROOT, declaredIn);
    if (data.name === declaredIn || data.name === file) return; // the file itself, reported as a test by process isolation
    const reason = typeof data.skip === "string" ? data.skip : "";
    records.push({ file, name: data.name, outcome: data.skip === undefined ? outcome : "skipped", ...(reason ? { reason } : {}) });
  };
  stream.on("test:pass", (data) => note("passed", data));
  stream.on("test:fail", (data) => note("failed", data));
  let fileFailures = 0;
  stream.on("test:fail", (data) => void (fileFailures += data.nesting === 0 ? 1 : 0));
  stream.compose(new spec()).pipe(process.stdout);
  await new Promise((resolve, reject) => stream.once("end", resolve).once("error", reject));
  if (fileFailures > 0 && !records.some((record) => record.outcome === "failed")) {
    records.push({ file: "", name: "a test file failed to load", outcome: "failed" });
  }
  return records;
}

interface TestEvent {
  readonly name: string;
  readonly file?: string | undefined;
  readonly entryFile?: string | undefined;
  readonly skip?: string | boolean | undefined;
  readonly details?: { readonly type?: string | undefined } | undefined;
}

function save(suite: string, records: readonly TestRecord[]): void {
  const folder = join(ROOT, ".cache/tests");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${suite}-${process.getuid?.() ?? 0}.json`), JSON.stringify(records));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { suite: { type: "string", default: "unit" }, concurrency: { type: "string" } },
    allowPositionals: true,
  });
  if (values.suite === "soak") for (const [name, value] of Object.entries(SOAK)) process.env[name] ??= value;
  const asked = values.concurrency === undefined ? undefined : Number(values.concurrency);
  const records = await runSuite(values.suite, filesOf(values.suite, positionals), asked);
  if (positionals.length === 0) save(values.suite, records);
  const count = (outcome: TestRecord["outcome"]) => records.filter((record) => record.outcome === outcome).length;
  const uid = process.getuid?.() ?? 0;
  const skips = records.filter((record) => record.outcome === "skipped");
  for (const skip of skips) process.stdout.write(`skipped: ${skip.file} › ${skip.name}: ${skip.reason ?? "no reason given"}\n`);
  const refused = process.env["KINETIC_NO_SKIPS"] === "1" ? skips.filter((skip) => !isExcusedSkip(skip.reason ?? "", uid)) : [];
  if (refused.length > 0) process.stdout.write(`${refused.length} tests were skipped that this run must not skip\n`);
  process.stdout.write(`${values.suite}: ${count("passed")} passed, ${count("failed") + refused.length} failed, ${skips.length} skipped\n`);
  process.stdout.write(`${count("passed")} passed, ${count("failed") + refused.length} failed, ${skips.length} skipped\n`);
  process.exitCode = count("failed") + refused.length > 0 || count("passed") === 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
