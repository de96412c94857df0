/** Whole numbers `from` to `to`, without `to`. */
export type Range = readonly [from: number, to: number];

/**
 * A set of whole numbers as few ranges: sorted, apart from each other by at least one number. Costs memory and time by the
 * number of ranges, not of members.
 */
export class RangeSet {
  /** from, to, from, to ... */
  #edges: number[] = [];
  #size = 0;

  constructor(ranges: Iterable<Range> = []) {
    for (const [from, to] of ranges) this.add(from, to);
  }

  /** Members. */
  get size(): number {
    return this.#size;
  }

  /** @returns how many members are new */
  add(from: number, to: number = from + 1): number {
    if (from >= to) return 0;
    const edges = this.#edges;
    if (from === edges.at(-1)) {
      edges[edges.length - 1] = to;
      this.#size += to - from;
      return to - from;
    }
    // An odd count of edges at or below a number means that a range which begins at or before it reaches it or beyond.
    const left = this.#edgesBelow(from);
    const right = this.#edgesAtOrBelow(to);
    const merged: number[] = [];
    if (left % 2 === 0) merged.push(from);
    if (right % 2 === 0) merged.push(to);
    let covered = 0;
    const removed = edges.splice(left, right - left, ...merged);
    const points = [...(left % 2 === 0 ? [] : [from]), ...removed, ...(right % 2 === 0 ? [] : [to])];
    for (let at = 0; at < points.length; at += 2) covered += Math.max(0, (points[at + 1] ?? 0) - (points[at] ?? 0));
    const added = to - from - covered;
    this.#size += added;
    return added;
  }

  has(value: number): boolean {
    return this.#edgesAtOrBelow(value) % 2 === 1;
  }

  /** The first number from `from` on that is not a member. */
  firstMissing(from: number): number {
    const count = this.#edgesAtOrBelow(from);
    return count % 2 === 1 ? (this.#edges[count] ?? from) : from;
  }

  /** Members from `from` to `to`, without `to`. */
  countBetween(from: number, to: number): number {
    let count = 0;
    for (const [start, end] of this.ranges()) count += Math.max(0, Math.min(end, to) - Math.max(start, from));
    return count;
  }

  /** Forgets every member below `floor`. */
  dropBelow(floor: number): void {
    const count = this.#edgesAtOrBelow(floor);
    if (count === 0) return;
    for (let at = 0; at < count; at += 2) this.#size -= Math.min(this.#edges[at + 1] ?? 0, floor) - (this.#edges[at] ?? 0);
    this.#edges.splice(0, count, ...(count % 2 === 1 ? [floor] : []));
  }

  *ranges(): IterableIterator<Range> {
    for (let at = 0; at < this.#edges.length; at += 2) yield [this.#edges[at] ?? 0, this.#edges[at + 1] ?? 0];
  }

  #edgesBelow(value: number): number {
    return this.#search((edge) => edge < value);
  }

  #edgesAtOrBelow(value: number): number {
    return this.#search((edge) => edge <= value);
  }

  #search(goesLeft: (edge: number) => boolean): number {
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (goesLeft(this.#edges[middle] ?? 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
