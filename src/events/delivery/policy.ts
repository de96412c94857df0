/** How an event is delivered: the resolved `delivery` of a Trigger with its Broker's. Durations in milliseconds. */
export interface DeliveryPolicy {
  /** Tries after the first. */
  readonly retry: number;
  /** Of one try. */
  readonly timeoutMs: number;
  readonly backoffPolicy: "linear" | "exponential";
  readonly backoffDelayMs: number;
  /** Retry-After is obeyed up to this; undefined: it is not read. */
  readonly retryAfterMaxMs?: number;
  /** How the event is written for the subscriber; undefined: `binary`. */
  readonly format?: "json" | "binary";
}

/** A subscriber that says nothing for this long is taken for hanging. */
export const DEFAULT_TIMEOUT_MS = 10 * 60_000;
/** Exponents grow quickly. */
const MAX_BACKOFF_MS = 24 * 60 * 60_000;

/**
 * Wait before the try after `tries` failed ones. Linear waits the delay each time, exponential doubles it each time and begins
 * with the delay itself: the specification's reading, in which no first retry is immediate.
 */
export function backoffMs({ backoffPolicy, backoffDelayMs }: DeliveryPolicy, tries: number): number {
  const factor = backoffPolicy === "linear" ? 1 : 2 ** Math.min(tries - 1, 40);
  return Math.min(backoffDelayMs * factor, MAX_BACKOFF_MS);
}
