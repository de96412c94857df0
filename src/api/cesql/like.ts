/** One character of a pattern; undefined stands for `_`. */
type Cell = string | undefined;

/**
 * Compiles a LIKE pattern: `%` any text, `_` one character, a backslash takes their meaning away. Between two `%` the first place
 * that fits is taken, so no pattern makes a match go back further than one piece: no exponential texts.
 */
export function compileLike(pattern: string): (text: string) => boolean {
  const [first = [], ...rest] = pieces(pattern);
  const last = rest.pop();
  if (last === undefined) return (text) => text.length === first.length && fits(first, text, 0);
  const least = first.length + last.length;
  return (text) => {
    if (text.length < least || !fits(first, text, 0)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const piece of rest) {
      at = find(piece, text, { from: at, end });
      if (at < 0) return false;
    }
    return fits(last, text, end);
  };
}

/** What stands between the `%`. */
function pieces(pattern: string): Cell[][] {
  let current: Cell[] = [];
  const all = [current];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    const next = pattern.charAt(index + 1);
    if (character === "\\" && (next === "%" || next === "_")) current.push(pattern.charAt(++index));
    else if (character === "%") all.push((current = []));
    else current.push(character === "_" ? undefined : character);
  }
  return all;
}

function fits(piece: readonly Cell[], text: string, at: number): boolean {
  return piece.every((cell, index) => cell === undefined || cell === text[at + index]);
}

/** The index behind the first place that fits and ends before `end`, or -1. */
function find(piece: readonly Cell[], text: string, { from, end }: { readonly from: number; readonly end: number }): number {
  for (let at = from; at + piece.length <= end; at++) if (fits(piece, text, at)) return at + piece.length;
  return -1;
}
