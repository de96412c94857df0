import type { Probe } from "../../../api/k8s/types.generated.ts";
import type { ProbeOutcome } from "./outcome.ts";

/** A probe's numbers with the API's defaults filled in. */
export interface Schedule {
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
  /** Knative's `periodSeconds: 0`: as fast as possible until it succeeds. */
  readonly aggressive: boolean;
  /** One try costs far more than a connection. */
  readonly costly: boolean;
}

/** The shortest wait. */
const HASTE_FIRST_MS = 2;
/** Later waits are this share of the time since the start: what comes late is noticed about as much later. */
const HASTE_SHARE = 0.06;
const HASTE_MOST_MS = 25;
/** An exec starts a process each time. */
const HASTE_EXEC_MS = 100;
/** After this long without success haste costs more than it gains. */
const HASTE_MS = 10_000;
const PATIENT_MS = 250;

export function scheduleOf(probe: Probe): Schedule {
  const { initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds, successThreshold, failureThreshold } = probe;
  return {
    initialDelayMs: initialDelaySeconds * 1000,
    periodMs: (periodSeconds || 10) * 1000,
    timeoutMs: (timeoutSeconds || 1) * 1000,
    successThreshold: successThreshold || 1,
    failureThreshold: failureThreshold || 3,
    aggressive: periodSeconds === 0,
    costly: probe.exec !== undefined,
  };
}

/** What a row of outcomes amounts to. */
export interface Tracker {
  /** Undefined until a threshold was reached for the first time. */
  readonly passing: boolean | undefined;
  readonly successes: number;
  readonly failures: number;
  /** Tries so far without any success. */
  readonly tries: number;
  /** When a failure was last counted, milliseconds of the monotonic clock. */
  readonly countedAt: number;
}

export function newTracker(startedAt: number): Tracker {
  return { passing: undefined, successes: 0, failures: 0, tries: 0, countedAt: startedAt };
}

/**
 * Takes one outcome in. Tries that come faster than the period count as failures only once a period, so that haste
 * does not use up the failure threshold; successes always count.
 */
export function track(tracker: Tracker, outcome: ProbeOutcome, schedule: Schedule, now: number): Tracker {
  if (outcome.kind === "success") {
    const successes = tracker.successes + 1;
    const passing = successes >= schedule.successThreshold ? true : tracker.passing;
    return { passing, successes, failures: 0, tries: 0, countedAt: now };
  }
  const isDue = tracker.passing !== undefined || now - tracker.countedAt >= schedule.periodMs * 0.9;
  const failures = tracker.failures + (isDue ? 1 : 0);
  const passing = failures >= schedule.failureThreshold ? false : tracker.passing;
  return { passing, successes: 0, failures, tries: tracker.tries + 1, countedAt: isDue ? now : tracker.countedAt };
}

/** The wait before the next try: the period, or a short growing one until the probe passes for the first time. */
export function nextDelayMs(tracker: Tracker, schedule: Schedule, sinceStartMs: number): number {
  if (tracker.passing === true || schedule.initialDelayMs > 0) return schedule.periodMs;
  if (tracker.successes > 0) return schedule.aggressive ? HASTE_FIRST_MS : schedule.periodMs;
  const isLate = sinceStartMs >= HASTE_MS;
  if (isLate) return schedule.aggressive ? PATIENT_MS : schedule.periodMs;
  const least = schedule.costly ? HASTE_EXEC_MS : HASTE_FIRST_MS;
  return Math.max(least, Math.min(HASTE_MOST_MS, sinceStartMs * HASTE_SHARE));
}
