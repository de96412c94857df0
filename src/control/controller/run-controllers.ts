import { isConflict } from "../../api/meta/errors.ts";
import { formatKey, parseKey } from "../../api/meta/object.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import type { Controller, Outcome } from "./types.ts";
import { WorkQueue } from "./work-queue.ts";

export interface ControllerMetrics {
  /** One reconcile is over; `durationMs` is its time from start to end. */
  reconciled(controller: string, outcome: Outcome["kind"] | "failed", durationMs: number): void;
}

export interface RunOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics?: ControllerMetrics;
  /** Work begins once this resolves, usually `informers.synced()`. Keys are collected meanwhile. */
  readonly ready?: Promise<void>;
  /** A reconcile's signal aborts after this; default 60 s. */
  readonly reconcileTimeoutMs?: number;
  /** How long disposal lets running reconciles finish before it aborts their signals; default 5 s. */
  readonly graceMs?: number;
}

const CONCURRENCY = 4;
const RECONCILE_TIMEOUT_MS = 60_000;
const GRACE_MS = 5_000;

/** Runs controllers until it is disposed. Disposal resolves when no reconcile is running any more. */
export function runControllers(controllers: readonly Controller[], options: RunOptions): AsyncDisposable {
  const runs = controllers.map((controller) => new Run(controller, options));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(runs.map((run) => run.stop()));
    },
  };
}

type Result = Outcome | { readonly kind: "failed"; readonly error: unknown };

class Run {
  readonly #controller: Controller;
  readonly #options: RunOptions;
  readonly #queue: WorkQueue;
  readonly #sources: Disposable[];
  readonly #workers: Promise<void>;
  readonly #stop = new AbortController();

  constructor(controller: Controller, options: RunOptions) {
    this.#controller = controller;
    this.#options = options;
    this.#queue = new WorkQueue(options.clock, options.random);
    this.#sources = controller.sources.map((source) => source.start((key, afterMs = 0) => this.#queue.addAfter(formatKey(key), afterMs)));
    this.#workers = this.#runWorkers();
  }

  async stop(): Promise<void> {
    for (const source of this.#sources) source[Symbol.dispose]();
    this.#queue.close();
    const timer = this.#options.clock.setTimer(this.#options.graceMs ?? GRACE_MS, () => this.#stop.abort());
    await this.#workers;
    timer[Symbol.dispose]();
    this.#stop.abort();
  }

  async #runWorkers(): Promise<void> {
    try {
      await this.#options.ready;
    } catch (error) {
      this.#options.logger.error("controller never became ready", { controller: this.#controller.name, error });
      return;
    }
    const count = this.#controller.concurrency ?? CONCURRENCY;
    await Promise.all(Array.from({ length: count }, () => this.#work()));
  }

  async #work(): Promise<void> {
    using limit = new Limit(this.#options.clock, this.#options.reconcileTimeoutMs ?? RECONCILE_TIMEOUT_MS, this.#stop.signal);
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      const startedAt = this.#options.clock.monotonicMs();
      const result = await this.#reconcile(key, limit);
      this.#options.metrics?.reconciled(this.#controller.name, result.kind, this.#options.clock.monotonicMs() - startedAt);
      this.#settle(key, result);
      this.#queue.done(key);
    }
  }

  async #reconcile(key: string, limit: Limit): Promise<Result> {
    using turn = limit.begin();
    try {
      return await this.#controller.reconcile(parseKey(key), turn.signal);
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  /** The whole retry policy. */
  #settle(key: string, result: Result): void {
    const log = this.#options.logger;
    const fields = { controller: this.#controller.name, key };
    switch (result.kind) {
      case "done":
        return this.#queue.forget(key);
      case "requeueAfter":
        this.#queue.forget(key);
        return this.#queue.addAfter(key, result.afterMs);
      case "permanent":
        this.#queue.forget(key);
        return log.warn("reconcile gave up until the object changes", { ...fields, reason: result.reason });
      case "failed": {
        const retryMs = this.#queue.retry(key);
        const { error } = result;
        // A conflict only says that the cache was a moment behind; the retry reads the newer object.
        if (isConflict(error)) return log.debug("reconcile met a newer object", { ...fields, retryMs });
        return log.warn("reconcile failed, trying again", { ...fields, error, retryMs });
      }
    }
  }
}

/**
 * The time limit of one worker's reconciles, which come one after another: a signal serves until it has aborted, because
 * making one and binding it to `stop` for each costs more than many a reconcile.
 */
class Limit implements Disposable {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #stop: AbortSignal;
  readonly #onStop = () => this.#controller.abort(this.#stop.reason);
  #controller = new AbortController();

  constructor(clock: Clock, timeoutMs: number, stop: AbortSignal) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#stop = stop;
    stop.addEventListener("abort", this.#onStop);
  }

  /** Time runs from here until the turn is disposed of. */
  begin(): Disposable & { readonly signal: AbortSignal } {
    if (this.#controller.signal.aborted && !this.#stop.aborted) this.#controller = new AbortController();
    const controller = this.#controller;
    const timer = this.#clock.setTimer(this.#timeoutMs, () => controller.abort(new DOMException("deadline exceeded", "TimeoutError")));
    return { signal: controller.signal, [Symbol.dispose]: () => timer[Symbol.dispose]() };
  }

  [Symbol.dispose](): void {
    this.#stop.removeEventListener("abort", this.#onStop);
  }
}
