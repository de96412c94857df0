import type { Clock, Timer } from "../../std/clock.ts";
import type { StatSink } from "../../api/ports/stats.ts";
import type { Dispatcher } from "./dispatcher.ts";

const REPORT_INTERVAL_MS = 1_000;

export interface StatReporterOptions {
  /** Which gateway speaks. */
  readonly gateway: string;
  readonly clock: Clock;
  readonly statSink: StatSink;
}

/** Reports every second for backends with traffic, once more with zeros when it has ended, and at once on a poke. */
export class StatReporter {
  readonly #options: StatReporterOptions;
  readonly #active = new Set<Dispatcher>();
  #timer: Timer | undefined;
  #reportedAt = 0;

  constructor(options: StatReporterOptions) {
    this.#options = options;
  }

  /** The dispatcher has traffic. */
  watch(dispatcher: Dispatcher): void {
    dispatcher.reported = true;
    this.#active.add(dispatcher);
    if (this.#timer === undefined) this.#arm();
  }

  /** A request finds no instance: the autoscaler hears of it in this very tick. */
  poke(dispatcher: Dispatcher): void {
    const { gateway, clock, statSink } = this.#options;
    if (dispatcher.settings.kind !== "service") statSink({ gateway, at: clock.now(), intervalMs: 0, stats: [dispatcher.peekStat()] });
  }

  dispose(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #arm(): void {
    this.#reportedAt = this.#options.clock.monotonicMs();
    this.#timer = this.#options.clock.setTimer(REPORT_INTERVAL_MS, () => this.#report());
  }

  #report(): void {
    const { gateway, clock, statSink } = this.#options;
    const now = clock.monotonicMs();
    const intervalMs = now - this.#reportedAt;
    const all = [...this.#active].map((dispatcher) => ({ dispatcher, stat: dispatcher.takeStat(now) }));
    const stats = all.filter(({ dispatcher }) => dispatcher.settings.kind !== "service").map(({ stat }) => stat);
    if (stats.length > 0) statSink({ gateway, at: clock.now(), intervalMs, stats });
    for (const { dispatcher, stat } of all) {
      if (stat.averageConcurrency > 0 || stat.concurrency > 0 || stat.requestCount > 0) continue;
      dispatcher.reported = false;
      this.#active.delete(dispatcher);
    }
    this.#timer = undefined;
    if (this.#active.size > 0) this.#arm();
  }
}
