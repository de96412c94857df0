/** What several rounds of one figure gave. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Rounds. */
  readonly n: number;
}

/** undefined without values. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  return { median: median(sorted), min, max, n: sorted.length };
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}

/** The smallest value that at least `percent` of the values do not exceed (nearest rank). NaN without values. */
export function quantile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export type Direction = "lower" | "higher";
export type Verdict = "goal" | "bar" | "missed" | "no bar";

export interface Limits {
  readonly better: Direction;
  readonly bar?: number;
  readonly goal?: number;
}

/** How a median stands against what was asked for. */
export function verdictOf(median: number, { better, bar, goal }: Limits): Verdict {
  const reaches = (limit: number) => (better === "lower" ? median <= limit : median >= limit);
  if (goal !== undefined && reaches(goal)) return "goal";
  if (bar === undefined) return "no bar";
  return reaches(bar) ? "bar" : "missed";
}
