import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LoadReport } from "../../src/cli/kinetic/load/summary.ts";
import { installed, sourceProgram } from "./program.ts";

const run = promisify(execFile);

export interface LoadTarget {
  /** `http://127.0.0.1:PORT/path` */
  readonly url: string;
  readonly host?: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** Answers other than 2xx and 3xx, and calls without an answer. */
  readonly errors: number;
}

/** Load from a process of its own: wrk where it is installed, because it leaves most of the machine to what is measured. */
export function generateLoad(target: LoadTarget): Promise<Load> {
  return installed("wrk") ? wrk(target) : kineticLoad(target);
}

export function loadGeneratorName(): string {
  return installed("wrk") ? "wrk, one thread" : "kinetic load (wrk is not installed; it costs much more CPU)";
}

async function wrk({ url, host, connections, seconds }: LoadTarget): Promise<Load> {
  const headers = host === undefined ? [] : ["-H", `Host: ${host}`];
  const args = [
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--timeout",
    "60s",
    "-s",
    join(import.meta.dirname, "wrk.lua"),
    ...headers,
    url,
  ];
  const { stdout } = await run("wrk", args);
  const found = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? "null") as Record<string, number> | null;
  if (found === null) throw new Error(`wrk printed no result: ${stdout}`);
  const value = (key: string) => found[key] ?? Number.NaN;
  return {
    requests: value("requests"),
    perSecond: (value("requests") * 1e6) / value("durationUs"),
    p50Ms: value("p50Us") / 1000,
    p99Ms: value("p99Us") / 1000,
    slowestMs: value("maxUs") / 1000,
    errors: value("statusErrors") + value("socketErrors"),
  };
}

/** `kinetic load`, which also users run. */
export async function kineticLoad({ url, host, connections, seconds }: LoadTarget): Promise<Load> {
  const headers = host === undefined ? [] : ["--host", host];
  const args = [join(sourceProgram.root, "bin/kinetic.js"), "load", url, "-c", `${connections}`, "-d", `${seconds}s`, "--json", ...headers];
  const { stdout } = await run(process.execPath, args);
  const report = JSON.parse(stdout) as LoadReport;
  const bad = Object.entries(report.statuses).filter(([status]) => Number(status) >= 400);
  return {
    requests: report.requests,
    perSecond: report.requestsPerSec,
    p50Ms: (report.percentilesSecs["p50"] ?? Number.NaN) * 1000,
    p99Ms: (report.percentilesSecs["p99"] ?? Number.NaN) * 1000,
    slowestMs: report.slowestSecs * 1000,
    errors: [...bad, ...Object.entries(report.errors)].reduce((sum, [, count]) => sum + count, 0),
  };
}
