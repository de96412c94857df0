/**
 * Keeps a sweep and the uses of a digest apart: whoever is about to refer to a blob holds it in use from before the check
 * that it is there until the reference is durable, and a sweep takes only what nobody holds.
 */
export class DigestGuard {
  readonly #users = new Map<string, number>();
  readonly #sweeps = new Map<string, Promise<unknown>>();

  /** Runs `work` while no sweep can take the digests; waits for sweeps of them that have begun. */
  async use<T>(digests: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const digest of digests) this.#users.set(digest, (this.#users.get(digest) ?? 0) + 1);
    try {
      await Promise.all(digests.map(async (digest) => this.#sweeps.get(digest)));
      return await work();
    } finally {
      for (const digest of digests) this.#release(digest);
    }
  }

  /** Runs `work` unless the digest is in use or is being swept. Resolves with its answer, or undefined. */
  async sweep<T>(digest: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#users.has(digest) || this.#sweeps.has(digest)) return undefined;
    const sweep = work();
    // What waits must not see the failure of the sweep: it looks at the blob itself.
    this.#sweeps.set(
      digest,
      sweep.catch(() => undefined),
    );
    try {
      return await sweep;
    } finally {
      this.#sweeps.delete(digest);
    }
  }

  #release(digest: string): void {
    const left = (this.#users.get(digest) ?? 1) - 1;
    if (left === 0) this.#users.delete(digest);
    else this.#users.set(digest, left);
  }
}
