/** A merge of lines, so that a file that is printed anew only changes where its content does. */

/** Larger files are not merged: the comparison takes time with the square of their lines. */
const LINE_LIMIT = 3000;

export interface Versions {
  /** `mine`, printed without a change. */
  readonly base: string;
  /** As its author has written it. */
  readonly mine: string;
  /** `mine`, printed with the change. */
  readonly theirs: string;
}

/** What is printed with the change; a part that it leaves alone in the form that its author gave it. */
export function keepLines({ base, mine, theirs }: Versions): string {
  const [b, m, t] = [base, mine, theirs].map((text) => text.split("\n")) as [string[], string[], string[]];
  if (Math.max(b.length, m.length, t.length) > LINE_LIMIT) return theirs;
  const inTheirs = matches(b, t);
  const result: string[] = [];
  let next = 0;
  for (const { start, end, lines } of partsOf(b, m)) {
    const at = inTheirs.get(start);
    if (at === undefined || !isWhole(inTheirs, start, end)) continue; // changed, or taken out
    result.push(...t.slice(next, at), ...lines);
    next = at + end - start;
  }
  return [...result, ...t.slice(next)].join("\n");
}

function isWhole(inTheirs: ReadonlyMap<number, number>, start: number, end: number): boolean {
  const first = inTheirs.get(start) ?? 0;
  for (let at = start; at < end; at += 1) if (inTheirs.get(at) !== first + at - start) return false;
  return true;
}

/** Printed lines, and what the author wrote instead. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** Line for line where that is possible: what is the same, and as many lines between two that are. */
function partsOf(base: readonly string[], mine: readonly string[]): Part[] {
  const parts: Part[] = [];
  let [fromBase, fromMine] = [0, 0];
  for (const [inBase, inMine] of [...matches(base, mine), [base.length, mine.length] as const]) {
    const between = mine.slice(fromMine, inMine);
    if (between.length === inBase - fromBase) parts.push(...between.map((line, at) => one(fromBase + at, [line])));
    else if (inBase > fromBase) parts.push({ start: fromBase, end: inBase, lines: between });
    const left = inBase === fromBase ? between : []; // lines that are not printed go with the one behind them
    if (inBase < base.length) parts.push(one(inBase, [...left, mine[inMine] ?? ""]));
    [fromBase, fromMine] = [inBase + 1, inMine + 1];
  }
  return parts;
}

function one(start: number, lines: readonly string[]): Part {
  return { start, end: start + 1, lines };
}

/** A longest common subsequence: from lines of `a` to the same lines of `b`. */
function matches(a: readonly string[], b: readonly string[]): ReadonlyMap<number, number> {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const lengthAt = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const found = new Map<number, number>();
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) found.set(i++, j++);
    else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i += 1;
    else j += 1;
  }
  return found;
}
