/** What a meter saw since it was last read. */
export interface MeterReading {
  /** Time-weighted. */
  readonly averageConcurrency: number;
  readonly concurrency: number;
  readonly requestCount: number;
}

/** Integrates the number of requests at hand over time. Times are monotonic milliseconds. */
export class ConcurrencyMeter {
  #concurrency = 0;
  #arrivals = 0;
  #area = 0;
  #since: number;
  #changed: number;

  constructor(now: number) {
    this.#since = now;
    this.#changed = now;
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  arrive(now: number): void {
    this.#advance(now);
    this.#concurrency++;
    this.#arrivals++;
  }

  depart(now: number): void {
    this.#advance(now);
    this.#concurrency--;
  }

  /** Forgets an idle past, so that the next average begins now. */
  restart(now: number): void {
    this.#advance(now);
    this.#area = 0;
    this.#since = now;
  }

  take(now: number): MeterReading {
    this.#advance(now);
    const elapsed = now - this.#since;
    const reading = {
      averageConcurrency: elapsed > 0 ? this.#area / elapsed : this.#concurrency,
      concurrency: this.#concurrency,
      requestCount: this.#arrivals,
    };
    this.#area = 0;
    this.#arrivals = 0;
    this.#since = now;
    return reading;
  }

  #advance(now: number): void {
    this.#area += this.#concurrency * (now - this.#changed);
    this.#changed = now;
  }
}
