import { readdirSync, readFileSync } from "node:fs";
import { SANDBOX_ENV } from "../../src/api/names/kinetic.ts";

/** Linux counts process time in these units whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** Parses `/proc/PID/stat`; the name may hold spaces and brackets. */
export function parseStat(text: string): Stat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const number = (index: number) => Number(fields[index] ?? Number.NaN);
  return { pid: Number.parseInt(text, 10), parent: number(1), cpuSeconds: (number(11) + number(12)) / TICKS_PER_SECOND };
}

function allStats(): Stat[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const text = read(`/proc/${pid}/stat`);
      return text === undefined ? [] : [parseStat(text)];
    });
}

/** A process that ends while we look reads as absent. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isSandbox(pid: number): boolean {
  return (
    read(`/proc/${pid}/environ`)
      ?.split("\0")
      .some((entry) => entry.startsWith(`${SANDBOX_ENV}=`)) ?? false
  );
}

/** The process and its descendants, without the programs of pods (and without what those started). */
export function platformProcesses(root: number): Stat[] {
  const all = allStats();
  const found = all.filter(({ pid }) => pid === root);
  for (let index = 0; index < found.length; index++) {
    const parent = found[index]?.pid;
    found.push(...all.filter((stat) => stat.parent === parent && !isSandbox(stat.pid)));
  }
  return found;
}

/** User and system time of the platform, in seconds. */
export function platformCpuSeconds(root: number): number {
  return platformProcesses(root).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Proportional set size of the platform, in bytes: what would be free without it. */
export function platformPssBytes(root: number): number {
  return platformProcesses(root).reduce((sum, { pid }) => sum + pssBytes(read(`/proc/${pid}/smaps_rollup`) ?? ""), 0);
}

export function pssBytes(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
}
