import type { StatReport } from "../../../../api/ports/stats.ts";
import { parseKey, type ObjectKey } from "../../../../api/meta/object.ts";
import type { Clock, Timer } from "../../../../std/clock.ts";
import { RevisionMetrics } from "../../../autoscaler/collector.ts";
import { decide, initialState, type Decision, type DeciderState } from "../../../autoscaler/decide.ts";
import type { DeciderSpec } from "../../../autoscaler/spec.ts";

/** Evaluations are this far apart, as upstream's; demand that waits is evaluated at once. */
const TICK_MS = 2000;
const SECOND_MS = 1000;

export interface Tracked {
  readonly spec: DeciderSpec;
  readonly reachable: boolean;
  readonly readyPods: number;
}

interface Scaler {
  tracked: Tracked;
  readonly metrics: RevisionMetrics;
  state: DeciderState;
  decision: Decision | undefined;
}

/**
 * The loop around `decide`: keeps measurements and a decider for each revision, evaluates them every two seconds, and
 * at once when a request waits. Whoever listens learns of keys whose decision changed.
 */
export class Autoscaler implements Disposable {
  readonly #clock: Clock;
  readonly #scalers = new Map<string, Scaler>();
  readonly #listeners = new Set<(key: ObjectKey) => void>();
  #timer: Timer | undefined;
  #seconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts the clockwork. */
  start(): void {
    this.#timer ??= this.#clock.setTimer(SECOND_MS, () => this.#tick());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  onChange(listener: (key: ObjectKey) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Makes or updates the decider of `namespace/name`. */
  track(key: string, tracked: Tracked): void {
    const known = this.#scalers.get(key);
    if (known !== undefined) {
      known.tracked = tracked;
      known.metrics.configure(tracked.spec);
      return;
    }
    const state = initialState(tracked.readyPods, this.#clock.now());
    this.#scalers.set(key, { tracked, metrics: new RevisionMetrics(tracked.spec), state, decision: undefined });
  }

  forget(key: string): void {
    this.#scalers.delete(key);
  }

  /** The last decision; undefined before the first. */
  decision(key: string): Decision | undefined {
    return this.#scalers.get(key)?.decision;
  }

  /** A gateway's statistics. Revisions with waiting requests are evaluated now. */
  report(report: StatReport): void {
    for (const stat of report.stats) {
      const scaler = this.#scalers.get(stat.revision);
      if (scaler === undefined) continue;
      scaler.metrics.report(report, stat);
      if (stat.queued > 0) this.#evaluate(stat.revision, scaler);
    }
  }

  #tick(): void {
    this.#timer = this.#clock.setTimer(SECOND_MS, () => this.#tick());
    this.#seconds += 1;
    const now = this.#clock.now();
    for (const [key, scaler] of this.#scalers) {
      scaler.metrics.tick(now);
      if ((this.#seconds * SECOND_MS) % TICK_MS === 0) this.#evaluate(key, scaler);
    }
  }

  #evaluate(key: string, scaler: Scaler): void {
    const now = this.#clock.now();
    const { spec, reachable, readyPods } = scaler.tracked;
    const before = scaler.decision;
    const decision = decide(spec, { ...scaler.metrics.averages(now), readyPods, reachable }, scaler.state, now);
    scaler.state = decision.state;
    scaler.decision = decision;
    const changed = decision.desired !== before?.desired || decision.excessBurstCapacity < 0 !== (before?.excessBurstCapacity ?? 0) < 0;
    if (changed) for (const listener of this.#listeners) listener(parseKey(key));
  }
}
