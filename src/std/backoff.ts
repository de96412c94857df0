import type { Random } from "./random.ts";

export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly factor?: number;
  /** Share of each wait that is random, 0 to 1. */
  readonly jitter?: number;
}

/** The wait before try `attempt` (0 is the first repetition), in milliseconds. */
export function backoffMs(attempt: number, options: BackoffOptions, random: Random): number {
  const { initialMs, maxMs, factor = 2, jitter = 0 } = options;
  const full = Math.min(maxMs, initialMs * factor ** attempt);
  return full * (1 - jitter * random());
}
