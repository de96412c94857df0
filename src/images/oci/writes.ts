/** Files that are written at once. */
const AT_ONCE = 8;

/** Writes of different files that are under way. The first failure is told by the next call; `settle` never rejects. */
export class Writes {
  readonly #running = new Map<string, Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  has(path: string): boolean {
    return this.#running.has(path);
  }

  /** Begins a write; resolves when there is room for another. */
  async add(path: string, work: () => Promise<void>): Promise<void> {
    const running = work()
      .catch((error: unknown) => void (this.#failure ??= { error }))
      .finally(() => this.#running.delete(path));
    this.#running.set(path, running);
    if (this.#running.size >= AT_ONCE) await Promise.race(this.#running.values());
    this.#check();
  }

  /** Waits for all. */
  async flush(): Promise<void> {
    if (this.#running.size > 0) await this.settle();
    this.#check();
  }

  async settle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
