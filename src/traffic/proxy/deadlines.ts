import type { Clock, Timer } from "../../std/clock.ts";

/** Something that must not last for ever. */
export interface Deadlined {
  /** `now` in monotonic milliseconds. */
  checkDeadline(now: number): void;
}

/** How late a timeout may come. */
const TICK_MS = 50;

/** Looks at everything under way a few times a second: cheaper than a timer for each request. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #active = new Set<Deadlined>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#active.size;
  }

  add(item: Deadlined): void {
    this.#active.add(item);
    if (this.#timer === undefined) this.#arm();
  }

  delete(item: Deadlined): void {
    this.#active.delete(item);
  }

  dispose(): void {
    this.#timer?.[Symbol.dispose]();
    this.#active.clear();
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(TICK_MS, () => {
      this.#timer = undefined;
      const now = this.#clock.monotonicMs();
      for (const item of this.#active) item.checkDeadline(now);
      if (this.#active.size > 0) this.#arm();
    });
  }
}
