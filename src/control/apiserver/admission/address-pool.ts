import type { Random } from "../../../std/random.ts";

export type Taking = { readonly kind: "ok" } | { readonly kind: "outside" } | { readonly kind: "taken" };

/**
 * A pool of numbers, each held by at most one owner. Holding is by owner, so that an owner may take what it has.
 * Used for the last bits of cluster IPs and for node ports.
 */
export class AddressPool {
  readonly #first: number;
  readonly #last: number;
  readonly #random: Random;
  readonly #owners = new Map<number, string>();

  /** Both ends belong to the pool. */
  constructor(first: number, last: number, random: Random) {
    this.#first = first;
    this.#last = last;
    this.#random = random;
  }

  take(value: number, owner: string): Taking {
    if (!Number.isInteger(value) || value < this.#first || value > this.#last) return { kind: "outside" };
    const holder = this.#owners.get(value);
    if (holder !== undefined && holder !== owner) return { kind: "taken" };
    this.#owners.set(value, owner);
    return { kind: "ok" };
  }

  /** Any free number, or undefined when there is none. */
  takeAny(owner: string): number | undefined {
    const size = this.#last - this.#first + 1;
    const start = Math.floor(this.#random() * size);
    for (let step = 0; step < size; step += 1) {
      const value = this.#first + ((start + step) % size);
      if (this.#owners.has(value)) continue;
      this.#owners.set(value, owner);
      return value;
    }
    return undefined;
  }

  release(value: number, owner: string): void {
    if (this.#owners.get(value) === owner) this.#owners.delete(value);
  }
}
