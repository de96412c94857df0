import type { Clock } from "../std/clock.ts";

interface Due {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Lets everything run that is ready to run: promise callbacks and streams, not timers. */
export async function settle(rounds = 4): Promise<void> {
  for (let i = 0; i < rounds; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Due>();

  /** `startMs` is in epoch milliseconds; the default is 2025-01-01T00:00:00Z. */
  constructor(startMs: number = 1_735_689_600_000) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  setTimer(delayMs: number, callback: () => void): Disposable & { unref(): void } {
    const due = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(due);
    return { unref: () => {}, [Symbol.dispose]: () => void this.#timers.delete(due) };
  }

  /** Timers that are set and not yet due. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the time; timers fire in order, each with its consequences before the next. */
  async advance(byMs: number): Promise<void> {
    const end = this.#now + byMs;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  #next(end: number): Due | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= end);
    return due.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Lets running work go on, and delays of up to 10 ms at a time pass, `rounds` times. */
export async function passTime(clock: ManualClock, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i += 1) await clock.advance(10);
}
