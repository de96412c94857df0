/** Which instance gets the next request: the upstream activator's policies. */
import type { Random } from "../../std/random.ts";
import type { Instance } from "./instance.ts";

/** Up to this limit the first instance with room is taken, so that few instances are kept busy. */
export const FIRST_FIT_LIMIT = 3;

/**
 * `usable` are instances that take requests; `limit` is the most that one may have in flight, 0 for unlimited;
 * `cursor` is where the round begins.
 */
export function pick(usable: readonly Instance[], limit: number, cursor: number, random: Random): Instance | undefined {
  if (usable.length === 0) return undefined;
  if (limit === 0) return leastOfTwo(usable, random);
  return firstWithRoom(usable, limit, limit <= FIRST_FIT_LIMIT ? 0 : cursor);
}

function leastOfTwo(usable: readonly Instance[], random: Random): Instance | undefined {
  if (usable.length === 1) return usable[0];
  const first = Math.floor(random() * usable.length);
  const second = (first + 1 + Math.floor(random() * (usable.length - 1))) % usable.length;
  const [a, b] = [usable[first], usable[second]];
  return a !== undefined && b !== undefined && b.inFlight < a.inFlight ? b : a;
}

function firstWithRoom(usable: readonly Instance[], limit: number, from: number): Instance | undefined {
  for (let step = 0; step < usable.length; step++) {
    const instance = usable[(from + step) % usable.length];
    if (instance !== undefined && instance.inFlight < limit) return instance;
  }
  return undefined;
}
