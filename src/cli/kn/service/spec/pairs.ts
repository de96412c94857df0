import { UserError } from "../../../shared/io.ts";

export interface Pairs {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** `K=V` sets, `K-` removes, `K` alone sets the empty text. */
export function parsePairs(flag: string, values: readonly string[]): Pairs {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const value of values) {
    const at = value.indexOf("=");
    if (at < 0 && value.endsWith("-")) remove.push(value.slice(0, -1));
    else if (value === "") throw new UserError(`Invalid --${flag}: argument requires a value that contains the "=" delimiter; got ""`);
    else set.set(at < 0 ? value : value.slice(0, at), at < 0 ? "" : value.slice(at + 1));
  }
  return { set, remove };
}

/** A copy of the map with the pairs applied; undefined when nothing is left. */
export function applyPairs(map: Readonly<Record<string, string>> | undefined, { set, remove }: Pairs): Record<string, string> | undefined {
  const result: Record<string, string> = { ...map };
  for (const key of remove) delete result[key];
  for (const [key, value] of set) result[key] = value;
  return Object.keys(result).length === 0 ? undefined : result;
}
