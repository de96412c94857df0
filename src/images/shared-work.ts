interface Running<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  waiters: number;
}

/** Work that several callers wait for. It ends early only when the last of them has lost interest. */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  get size(): number {
    return this.#running.size;
  }

  /** Joins the work of this key, or begins it. Rejects with the signal's reason once that aborts. */
  async run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const running = this.#running.get(key) ?? this.#begin(key, work);
    running.waiters += 1;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([running.result, aborted]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      running.waiters -= 1;
      if (running.waiters === 0) this.#leave(key, running);
    }
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const abort = new AbortController();
    const running: Running<T> = { abort, waiters: 0, result: work(abort.signal).finally(() => this.#forget(key, running)) };
    running.result.catch(() => {}); // everybody who waited may have left
    this.#running.set(key, running);
    return running;
  }

  /** Whoever comes next begins anew instead of joining what is being given up. */
  #leave(key: string, running: Running<T>): void {
    this.#forget(key, running);
    running.abort.abort(new DOMException("nobody waits for it any more", "AbortError"));
  }

  #forget(key: string, running: Running<T>): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}
