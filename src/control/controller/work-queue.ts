import { backoffMs } from "../../std/backoff.ts";
import type { Clock, Timer } from "../../std/clock.ts";
import type { Random } from "../../std/random.ts";

/** 5 ms, 10 ms, 20 ms ... 30 s, each up to a tenth shorter. */
const RETRY = { initialMs: 5, maxMs: 30_000, jitter: 0.1 };

/**
 * Keys that wait for work.
 *
 * - I1 a key waits at most once, however often it is added: so the length is bounded by the number of objects.
 * - I2 a key that was taken is not handed out again before `done`; what was added meanwhile comes right after.
 * - I3 at most one timer a key; taking the key drops it, because the work that follows decides anew.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #ready = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { readonly at: number; readonly timer: Timer }>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Keys that could be taken now. */
  get length(): number {
    return this.#ready.size;
  }

  add(key: string): void {
    if (this.#closed) return;
    if (this.#taken.has(key)) {
      this.#again.add(key); // I2
      return;
    }
    const taker = this.#takers.shift();
    if (taker === undefined) this.#ready.add(key); // I1
    else taker(this.#take(key));
  }

  /** Adds the key `delayMs` from now, unless it waits for work already. Of several delays the earliest holds. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) return this.add(key);
    if (this.#ready.has(key)) return; // what is about to be done serves this too
    const at = this.#clock.monotonicMs() + delayMs;
    const known = this.#timers.get(key);
    if (known !== undefined && known.at <= at) return;
    this.#cancel(key);
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, { at, timer });
  }

  /** Adds the key after a wait that doubles with each failure in a row. Answers that wait in milliseconds. */
  retry(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const waitMs = backoffMs(failures, RETRY, this.#random);
    this.addAfter(key, waitMs);
    return waitMs;
  }

  /** The key succeeded: its next failure starts with the shortest wait. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, when there is one; undefined once the queue is closed. Give it back with `done`. */
  take(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    for (const key of this.#ready) return Promise.resolve(this.#take(key));
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#takers.push(resolve);
    return promise;
  }

  done(key: string): void {
    this.#taken.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  /** Drops everything that waits, timers included, and lets all takers go. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#timers.values()) timer[Symbol.dispose]();
    for (const waiting of [this.#timers, this.#ready, this.#again, this.#failures]) waiting.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #take(key: string): string {
    this.#ready.delete(key);
    this.#taken.add(key);
    this.#cancel(key); // I3
    return key;
  }

  #cancel(key: string): void {
    this.#timers.get(key)?.timer[Symbol.dispose]();
    this.#timers.delete(key);
  }
}
