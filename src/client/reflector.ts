import { isGone } from "../api/meta/errors.ts";
import type { KindRef } from "../api/meta/kind.ts";
import type { KubeObject } from "../api/meta/object.ts";
import { abortable, delay } from "../std/abort.ts";
import { backoffMs } from "../std/backoff.ts";
import type { Clock } from "../std/clock.ts";
import type { Logger } from "../std/logger.ts";
import type { Random } from "../std/random.ts";
import type { Client, WatchEvent } from "./types.ts";

export interface ReflectorWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Where a reflector puts what it sees. */
export interface ReflectorTarget<T extends KubeObject> {
  replace(items: readonly T[]): void;
  apply(event: WatchEvent<T>): void;
}

const BACKOFF = { initialMs: 50, maxMs: 30_000, jitter: 0.5 };
/** A watch that held this long was healthy: the next failure starts the backoff anew. */
const HEALTHY_MS = 5_000;
const WATCH_SECONDS = { least: 300, spread: 300 };

type End =
  /** The server closed in peace, or the connection broke: go on from the last version. */
  | { readonly kind: "ended"; readonly error?: unknown }
  /** History is gone: list again. */
  | { readonly kind: "expired" };

/**
 * Keeps `target` equal to the server's state of one kind until the signal aborts. Never rejects.
 *
 * - I1 a broken watch resumes at the last version seen, bookmarks included; only 410 leads to a new list.
 * - I2 failures in a row wait longer each time; progress resets the wait.
 */
export class Reflector<T extends KubeObject> {
  readonly #kind: KindRef<T>;
  readonly #world: ReflectorWorld;
  readonly #target: ReflectorTarget<T>;
  #version: string | undefined;
  #failures = 0;

  constructor(kind: KindRef<T>, world: ReflectorWorld, target: ReflectorTarget<T>) {
    this.#kind = kind;
    this.#world = world;
    this.#target = target;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const failure = this.#version === undefined ? await this.#list(signal) : await this.#watch(signal);
      if (signal.aborted) return;
      if (failure !== undefined) await this.#wait(failure.error, signal);
    }
  }

  /** The failure to wait for, if any. */
  async #list(signal: AbortSignal): Promise<{ readonly error: unknown } | undefined> {
    try {
      const { items, resourceVersion } = await abortable(this.#world.client.list(this.#kind), signal);
      if (signal.aborted) return undefined;
      this.#target.replace(items);
      this.#version = resourceVersion;
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  async #watch(signal: AbortSignal): Promise<{ readonly error: unknown } | undefined> {
    const { clock } = this.#world;
    const startedAt = clock.monotonicMs();
    const before = this.#version;
    const end = await this.#follow(signal);
    const progressed = this.#version !== before || clock.monotonicMs() - startedAt >= HEALTHY_MS;
    if (progressed) this.#failures = 0; // I2
    if (end.kind === "expired") {
      this.#version = undefined; // I1
      return progressed ? undefined : { error: "resource version expired" };
    }
    return progressed && end.error === undefined ? undefined : { error: end.error ?? "watch closed at once" };
  }

  async #follow(signal: AbortSignal): Promise<End> {
    const timeoutSeconds = WATCH_SECONDS.least + Math.floor(this.#world.random() * WATCH_SECONDS.spread);
    const options = { resourceVersion: this.#version ?? "", allowWatchBookmarks: true, timeoutSeconds };
    try {
      for await (const event of this.#world.client.watch(this.#kind, options, signal)) {
        this.#target.apply(event);
        this.#version = event.object.metadata.resourceVersion ?? this.#version;
      }
      return { kind: "ended" };
    } catch (error) {
      return isGone(error) ? { kind: "expired" } : { kind: "ended", error };
    }
  }

  async #wait(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random, logger } = this.#world;
    const waitMs = backoffMs(this.#failures, BACKOFF, random);
    const log = this.#failures < 3 ? logger.debug : logger.warn;
    log.call(logger, "list or watch failed, trying again", { kind: this.#kind.kind, error, waitMs });
    this.#failures += 1;
    await delay(clock, waitMs, signal).catch(() => {});
  }
}
