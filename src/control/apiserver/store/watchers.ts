import type { StoreEvent } from "./contract.ts";

type Listener = (batch: readonly StoreEvent[]) => void;

interface Watcher {
  readonly prefix: string;
  readonly listener: Listener;
  /** Events up to here are known to the listener. */
  after: number;
}

/** Hands committed batches to watchers, in commit order even when a listener causes the next batch. I4 */
export class Watchers {
  readonly #watchers = new Set<Watcher>();
  readonly #queue: (readonly StoreEvent[])[] = [];
  #publishing = false;

  /** Delivers every published event of `prefix` after revision `after`, until disposed. */
  add(prefix: string, after: number, listener: Listener): Disposable {
    const watcher: Watcher = { prefix, listener, after };
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  publish(batch: readonly StoreEvent[]): void {
    if (batch.length === 0) return;
    this.#queue.push(batch);
    if (this.#publishing) return;
    this.#publishing = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#deliver(next);
    } finally {
      this.#publishing = false;
    }
  }

  clear(): void {
    this.#watchers.clear();
  }

  #deliver(batch: readonly StoreEvent[]): void {
    const last = batch.at(-1)?.revision ?? 0;
    for (const watcher of this.#watchers) {
      const news = batch.filter((event) => event.revision > watcher.after && event.key.startsWith(watcher.prefix));
      watcher.after = Math.max(watcher.after, last);
      if (news.length > 0) notify(watcher.listener, news);
    }
  }
}

/** A listener that throws is a bug: it surfaces as an uncaught exception, after the other watchers got their events. */
function notify(listener: Listener, news: readonly StoreEvent[]): void {
  try {
    listener(news);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
