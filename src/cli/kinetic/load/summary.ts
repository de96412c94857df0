/** What a run of the load generator saw. Times are in milliseconds. */
export interface LoadResult {
  readonly durationMs: number;
  /** Of answered requests, in the order of their end. */
  readonly latenciesMs: Float64Array;
  /** Of answered requests, until the first byte of the answer. */
  readonly firstByteMs: Float64Array;
  readonly statuses: ReadonlyMap<number, number>;
  readonly errors: ReadonlyMap<string, number>;
  readonly bytes: number;
}

const PERCENTILES = [10, 25, 50, 75, 90, 95, 99] as const;
const BUCKETS = 11;
const BAR = "■";
const BAR_WIDTH = 40;

/** The value below which `percent` of the sorted values lie; 0 when there are none. */
export function percentile(sorted: Float64Array, percent: number): number {
  const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1));
  return sorted[index] ?? 0;
}

export interface LoadReport {
  readonly totalSecs: number;
  readonly slowestSecs: number;
  readonly fastestSecs: number;
  readonly averageSecs: number;
  readonly requestsPerSec: number;
  readonly requests: number;
  readonly totalBytes: number;
  readonly percentilesSecs: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
}

export function reportOf(result: LoadResult): LoadReport {
  const sorted = result.latenciesMs.toSorted();
  const secs = (ms: number) => ms / 1000;
  const sum = sorted.reduce((total, ms) => total + ms, 0);
  return {
    totalSecs: secs(result.durationMs),
    slowestSecs: secs(sorted.at(-1) ?? 0),
    fastestSecs: secs(sorted[0] ?? 0),
    averageSecs: sorted.length === 0 ? 0 : secs(sum / sorted.length),
    requestsPerSec: result.durationMs === 0 ? 0 : sorted.length / secs(result.durationMs),
    requests: sorted.length,
    totalBytes: result.bytes,
    percentilesSecs: Object.fromEntries(PERCENTILES.map((percent) => [`p${percent}`, secs(percentile(sorted, percent))])),
    statuses: Object.fromEntries([...result.statuses].map(([status, count]) => [String(status), count])),
    errors: Object.fromEntries(result.errors),
  };
}

/** The summary in the form that users of `hey` know. */
export function formatSummary(result: LoadResult): string {
  const report = reportOf(result);
  const sections = [summarySection(report), histogramSection(result), latencySection(report), statusSection(report), errorSection(report)];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function summarySection(report: LoadReport): string {
  const rows: [string, string][] = [
    ["Total:", `${report.totalSecs.toFixed(4)} secs`],
    ["Slowest:", `${report.slowestSecs.toFixed(4)} secs`],
    ["Fastest:", `${report.fastestSecs.toFixed(4)} secs`],
    ["Average:", `${report.averageSecs.toFixed(4)} secs`],
    ["Requests/sec:", report.requestsPerSec.toFixed(4)],
    ["", ""],
    ["Total data:", `${report.totalBytes} bytes`],
    ["Size/request:", `${report.requests === 0 ? 0 : Math.round(report.totalBytes / report.requests)} bytes`],
  ];
  return ["Summary:", ...rows.map(([label, value]) => (label === "" ? "" : `  ${label.padEnd(14)}${value}`))].join("\n");
}

function histogramSection(result: LoadResult): string {
  const sorted = result.latenciesMs.toSorted();
  if (sorted.length === 0) return "";
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const step = (high - low) / (BUCKETS - 1) || 1;
  const counts = Array.from({ length: BUCKETS }, () => 0);
  for (const ms of sorted) {
    const bucket = Math.min(BUCKETS - 1, Math.ceil((ms - low) / step));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const lines = counts.map((count, index) => {
    const bar = BAR.repeat(Math.round((count / most) * BAR_WIDTH));
    return `  ${((low + step * index) / 1000).toFixed(3)} [${count}]\t|${bar}`;
  });
  return ["Response time histogram:", ...lines].join("\n");
}

function latencySection(report: LoadReport): string {
  if (report.requests === 0) return "";
  const lines = PERCENTILES.map((percent) => `  ${percent}% in ${(report.percentilesSecs[`p${percent}`] ?? 0).toFixed(4)} secs`);
  return ["Latency distribution:", ...lines].join("\n");
}

function statusSection(report: LoadReport): string {
  const lines = Object.entries(report.statuses).map(([status, count]) => `  [${status}]\t${count} responses`);
  return lines.length === 0 ? "" : ["Status code distribution:", ...lines].join("\n");
}

function errorSection(report: LoadReport): string {
  const lines = Object.entries(report.errors).map(([message, count]) => `  [${count}]\t${message}`);
  return lines.length === 0 ? "" : ["Error distribution:", ...lines].join("\n");
}
