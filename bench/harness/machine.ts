import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** One line about where the figures come from; the load says how much to trust them. */
export function machineText(): string {
  const model = cpus()[0]?.model.replace(/\s+/g, " ").trim() ?? "unknown processor";
  const memory = `${Math.round(totalmem() / 1e9)} GB`;
  return `${availableParallelism()} x ${model}, ${memory}, Node ${process.versions.node}, load average ${(loadavg()[0] ?? 0).toFixed(2)}`;
}
