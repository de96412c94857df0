const BUCKET_MS = 1000;
/** The average is rounded to this many decimals, so that float noise never changes a decision. */
const DECIMALS = 6;

/**
 * Values by the second, averaged over a sliding window (reference: autoscaling, aggregation). Within a second values
 * add up. The window is shortened to the time since the first value and by silent seconds at its end; inner gaps
 * count as 0; after a whole silent window it starts anew.
 */
export class TimedWindow {
  readonly #windowMs: number;
  /** Value of each second, by `floor(ms / 1000)`; not of those with 0, which are all of a service that rests. */
  readonly #buckets = new Map<number, number>();
  #first: number | undefined;
  #last = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  record(now: number, value: number): void {
    const second = Math.floor(now / BUCKET_MS);
    if (this.#first === undefined || second - this.#last > this.#length) {
      this.#buckets.clear();
      this.#first = second;
    }
    this.#last = Math.max(this.#last, second);
    if (value !== 0) this.#buckets.set(second, (this.#buckets.get(second) ?? 0) + value);
    for (const old of this.#buckets.keys()) if (old <= this.#last - this.#length) this.#buckets.delete(old);
  }

  /** undefined when the whole window is silent. */
  average(now: number): number | undefined {
    const range = this.#range(now);
    if (range === undefined) return undefined;
    let sum = 0;
    for (const [second, value] of this.#buckets) if (second >= range.from && second <= range.to) sum += value;
    return round(sum / (range.to - range.from + 1));
  }

  /** The average in which younger seconds weigh more. undefined when the whole window is silent. */
  weightedAverage(now: number): number | undefined {
    const range = this.#range(now);
    if (range === undefined) return undefined;
    const count = range.to - range.from + 1;
    const factor = Math.max(1 - (1 - 0.9999) ** (1 / count), 0.2);
    let sum = 0;
    for (const [second, value] of this.#buckets) {
      if (second >= range.from && second <= range.to) sum += value * factor * (1 - factor) ** (range.to - second);
    }
    return round(sum);
  }

  get #length(): number {
    return Math.max(1, Math.round(this.#windowMs / BUCKET_MS));
  }

  #range(now: number): { readonly from: number; readonly to: number } | undefined {
    const second = Math.floor(now / BUCKET_MS);
    if (this.#first === undefined || second - this.#last >= this.#length) return undefined;
    return { from: Math.max(this.#first, second - this.#length + 1), to: Math.min(this.#last, second) };
  }
}

function round(value: number): number {
  return Math.round(value * 10 ** DECIMALS) / 10 ** DECIMALS;
}
