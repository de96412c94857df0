import type { RevisionStat, StatReport } from "../../api/ports/stats.ts";
import type { DeciderSpec } from "./spec.ts";
import { TimedWindow } from "./window.ts";

export interface Averages {
  readonly stable: number | undefined;
  readonly panic: number | undefined;
  readonly current: number;
  readonly queued: number;
}

/** What one revision's windows depend on; other windows are made when it changes. */
type WindowSpec = Pick<DeciderSpec, "metric" | "aggregation" | "stableWindowMs" | "panicWindowMs">;

/**
 * Measurements of one revision from the reports of all gateways. A gateway reports a revision every second while it has
 * traffic; its silence means none, which `tick` records, because the gateway is always in the path.
 */
export class RevisionMetrics {
  #spec: WindowSpec;
  #stable: TimedWindow;
  #panic: TimedWindow;
  /** Last stat of each gateway. */
  readonly #last = new Map<string, { readonly at: number; readonly stat: RevisionStat }>();
  #lastRecorded = 0;

  constructor(spec: WindowSpec) {
    this.#spec = spec;
    this.#stable = new TimedWindow(spec.stableWindowMs);
    this.#panic = new TimedWindow(spec.panicWindowMs);
  }

  /** A new window length begins empty. */
  configure(spec: WindowSpec): void {
    const same =
      spec.stableWindowMs === this.#spec.stableWindowMs &&
      spec.panicWindowMs === this.#spec.panicWindowMs &&
      spec.metric === this.#spec.metric;
    this.#spec = spec;
    if (same) return;
    this.#stable = new TimedWindow(spec.stableWindowMs);
    this.#panic = new TimedWindow(spec.panicWindowMs);
  }

  /** A poke (`intervalMs` 0) changes what is known of this moment; only whole intervals enter the averages. */
  report(report: Pick<StatReport, "gateway" | "at" | "intervalMs">, stat: RevisionStat): void {
    this.#last.set(report.gateway, { at: report.at, stat });
    if (report.intervalMs <= 0) return;
    const value = this.#spec.metric === "rps" ? (stat.requestCount * 1000) / report.intervalMs : stat.averageConcurrency;
    this.#record(report.at, value);
  }

  /** Called once a second: seconds without a report count as zero. */
  tick(now: number): void {
    if (Math.floor(now / 1000) > Math.floor(this.#lastRecorded / 1000) + 1) this.#record(now - 1000, 0);
    for (const [gateway, { at }] of this.#last) if (now - at > this.#spec.stableWindowMs) this.#last.delete(gateway);
  }

  averages(now: number): Averages {
    const of = (window: TimedWindow) => (this.#spec.aggregation === "linear" ? window.average(now) : window.weightedAverage(now));
    const stats = [...this.#last.values()].map((entry) => entry.stat);
    const sum = (value: (stat: RevisionStat) => number) => stats.reduce((total, stat) => total + value(stat), 0);
    return {
      stable: of(this.#stable),
      panic: of(this.#panic),
      current: this.#spec.metric === "rps" ? 0 : sum((stat) => stat.concurrency),
      queued: sum((stat) => stat.queued),
    };
  }

  #record(at: number, value: number): void {
    this.#lastRecorded = Math.max(this.#lastRecorded, at);
    this.#stable.record(at, value);
    this.#panic.record(at, value);
  }
}
