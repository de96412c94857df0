import { deadline, delay } from "../../../std/abort.ts";
import type { Clock } from "../../../std/clock.ts";
import { runAction, type Action } from "./handler.ts";
import type { ProbeOutcome, ProbeTarget } from "./outcome.ts";
import { newTracker, nextDelayMs, track, type Schedule, type Tracker } from "./schedule.ts";

export interface ProberOptions {
  readonly action: Action;
  readonly schedule: Schedule;
  readonly target: ProbeTarget;
  readonly clock: Clock;
  /** After each try. */
  readonly onOutcome: (outcome: ProbeOutcome, tracker: Tracker) => void;
}

/** Tries again and again until the signal aborts. Resolves then; never rejects. */
export async function runProber(options: ProberOptions, signal: AbortSignal): Promise<void> {
  const { schedule, clock } = options;
  const startedAt = clock.monotonicMs();
  let tracker = newTracker(startedAt);
  try {
    if (schedule.initialDelayMs > 0) await delay(clock, schedule.initialDelayMs, signal);
    for (;;) {
      const outcome = await tryOnce(options, signal);
      signal.throwIfAborted();
      tracker = track(tracker, outcome, schedule, clock.monotonicMs());
      options.onOutcome(outcome, tracker);
      await delay(clock, nextDelayMs(tracker, schedule, clock.monotonicMs() - startedAt), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** One try within the probe's timeout. */
export async function tryOnce(
  { action, schedule, target, clock }: Omit<ProberOptions, "onOutcome">,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  using limit = deadline(clock, schedule.timeoutMs, signal);
  return runAction(action, target, limit.signal);
}
