/** Values of which only the newest matters, for one reader. */
export class Latest<T> implements AsyncIterable<T> {
  #value: T | undefined;
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  set(value: T): void {
    this.#value = value;
    this.#changed.resolve();
  }

  end(): void {
    this.#isOver = true;
    this.#changed.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
      const value = this.#value;
      this.#value = undefined;
      if (value !== undefined) yield value;
      if (this.#isOver) return;
    }
  }
}
