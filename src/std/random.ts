/** Randomness as a parameter: a number in [0, 1). Simulations pass a seeded one. */
export type Random = () => number;

/** A small seeded generator (mulberry32): equal seeds give equal sequences on every platform. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The letters of Kubernetes' generated names: no vowels, nothing that looks like another letter. */
const NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** `length` letters for `generateName`. */
export function randomSuffix(random: Random, length = 5): string {
  return Array.from({ length }, () => NAME_ALPHABET[Math.floor(random() * NAME_ALPHABET.length)]).join("");
}
