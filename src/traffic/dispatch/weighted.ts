/**
 * Smooth weighted round robin: every choice adds each weight to its credit, takes the largest, and pays the total for
 * it. Over any run of `total` choices each index comes exactly `weight` times, spread out and not in blocks.
 */
export class WeightedRoundRobin {
  readonly #weights: readonly number[];
  readonly #credits: number[];
  readonly #total: number;

  /** Weights are positive. */
  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#credits = weights.map(() => 0);
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Index of the next choice. */
  next(): number {
    let best = 0;
    for (let index = 0; index < this.#weights.length; index++) {
      this.#credits[index] = (this.#credits[index] ?? 0) + (this.#weights[index] ?? 0);
      if ((this.#credits[index] ?? 0) > (this.#credits[best] ?? 0)) best = index;
    }
    this.#credits[best] = (this.#credits[best] ?? 0) - this.#total;
    return best;
  }
}
