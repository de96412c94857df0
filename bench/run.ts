/**
 * `npm run bench [-- NAME...] [--rounds N] [--json] [--source] [--cpu-prof DIR]`: measures Kinetic beside its peers and
 * prints what was found, also where it loses. Nothing fails because of a figure; a row that cannot run says why, and the exit code tells.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { apiServerRow } from "./api-server.ts";
import { createRow } from "./create.ts";
import { demoRow } from "./demo.ts";
import { eventsRow } from "./events.ts";
import { fromZeroRow } from "./from-zero.ts";
import { grpcRow } from "./grpc.ts";
import { journalRecoveryRow, journalRow } from "./journal.ts";
import { manyRow } from "./many.ts";
import { memoryRow } from "./memory.ts";
import { ociDemoRow, ociFirstStartRow, ociFromZeroRow } from "./oci.ts";
import { proxyRow } from "./proxy.ts";
import { registryRow } from "./registry.ts";
import { startRow } from "./start.ts";
import { machineText } from "./harness/machine.ts";
import { buildRelease, profiled, sourceProgram, type Program } from "./harness/program.ts";
import { formatRow, resultOf, type RowResult } from "./harness/report.ts";
import { runRounds } from "./harness/rounds.ts";
import { Skip, type Context, type Row } from "./harness/row.ts";

const ROWS: readonly Row[] = [
  startRow,
  memoryRow,
  createRow,
  fromZeroRow,
  proxyRow,
  grpcRow,
  demoRow,
  manyRow,
  apiServerRow,
  registryRow,
  journalRow,
  journalRecoveryRow,
  eventsRow,
  ociFromZeroRow,
  ociFirstStartRow,
  ociDemoRow,
];
const DEFAULT_ROUNDS = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" }, json: { type: "boolean" }, source: { type: "boolean" }, "cpu-prof": { type: "string" } },
});
const json = values.json === true;
const rounds = Number(values.rounds ?? DEFAULT_ROUNDS);
const unknown = positionals.filter((name) => !ROWS.some((row) => row.name === name));

if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  const names = ROWS.map((row) => `  ${row.name.padEnd(12)}${row.title}`).join("\n");
  process.stderr.write(`usage: npm run bench -- [NAME...] [--rounds N] [--json] [--source] [--cpu-prof DIR]\n${names}\n`);
  process.exit(2);
}
process.exitCode = await main(ROWS.filter((row) => positionals.length === 0 || positionals.includes(row.name)));

async function main(rows: readonly Row[]): Promise<number> {
  using stack = new DisposableStack();
  const chosen = values.source === true ? sourceProgram : releaseOrSource(stack);
  const folder = values["cpu-prof"];
  const program = folder === undefined ? chosen : profiled(chosen, resolve(folder));
  const context: Context = { program, source: sourceProgram, progress: (text) => void process.stderr.write(`  .. ${text}\n`) };
  if (!json) process.stdout.write(`${machineText()}; ${program.label}; ${rounds} rounds\n\n`);
  const results: RowResult[] = [];
  let failed = 0;
  for (const row of rows) {
    const result = await measure(row, context).catch((error: Error) => {
      failed += error instanceof Skip ? 0 : 1;
      return emptyResult(row, error);
    });
    results.push(result);
    if (!json) process.stdout.write(`${formatRow(result)}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify({ machine: machineText(), program: program.label, results }, null, 2)}\n`);
  return failed === 0 ? 0 : 1;
}

function releaseOrSource(stack: DisposableStack): Program {
  const build = buildRelease();
  if (build.kind === "ok") return stack.use(build.program);
  process.stderr.write(`! no release build (${build.message}): everything is measured from source\n`);
  return sourceProgram;
}

async function measure(row: Row, context: Context): Promise<RowResult> {
  await using session = await row.open(context);
  const measured = await runRounds(session, rounds, context.progress);
  return resultOf(row, measured, session.notes ?? []);
}

function emptyResult(row: Row, error: Error): RowResult {
  const why = error instanceof Skip ? `skipped: ${error.message}` : `failed: ${error.stack ?? error.message}`;
  return resultOf(row, { ours: [], peer: [], peerName: "" }, [why]);
}
