/** A timer that can be taken back; disposing it twice is harmless. */
export interface Timer extends Disposable {
  /** The timer no longer keeps the process alive. */
  unref(): void;
}

/**
 * Time as a parameter. The real one is `systemClock`; simulations pass one that they move by hand.
 * Nothing outside this file may read `Date.now` or start a timer of its own.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds of a clock that never goes backwards; only differences mean something. */
  monotonicMs(): number;
  /** Calls `callback` once, `delayMs` from now. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return {
      unref: () => void handle.unref(),
      [Symbol.dispose]: () => clearTimeout(handle),
    };
  },
};

/** RFC 3339 in whole seconds, the form of `metav1.Time`. */
export function rfc3339(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second !== latest.second) latest = { second, text: new Date(second * 1000).toISOString().replace(".000Z", "Z") };
  return latest.text;
}

/** The same second is asked for again and again. */
let latest = { second: 0, text: "1970-01-01T00:00:00Z" };

/** RFC 3339 with microseconds, the form of `metav1.MicroTime`. */
export function rfc3339Micro(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "000Z");
}
