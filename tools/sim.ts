/** `npm run sim -- --seed N [--steps M] [--writes]`: replays one seed of the simulation and prints its trace. */
import { parseArgs } from "node:util";
import { simulate } from "../src/testing/sim/run.ts";

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, steps: { type: "string" }, writes: { type: "boolean" } },
});
const steps = values.steps === undefined ? {} : { steps: Number(values.steps) };
const startedAt = performance.now();
const print = (trace: readonly string[]) => process.stdout.write(`${trace.join("\n")}\n`);
try {
  const { simulatedMs, requests, writes } = await simulate({ seed: Number(values.seed), verbose: values.writes ?? false, ...steps }, print);
  const realMs = Math.round(performance.now() - startedAt);
  process.stdout.write(`seed ${values.seed}: ${simulatedMs / 1000} s simulated in ${realMs} ms, ${requests} requests, ${writes} writes\n`);
} catch (error) {
  process.stdout.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
