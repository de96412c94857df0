import type { Clock, Timer } from "../../../std/clock.ts";
import type { Logger } from "../../../std/logger.ts";
import { endSandbox } from "../pod/end-sandbox.ts";
import type { Records } from "../pod/decide.ts";
import type { Sandbox } from "../pod/sandbox.ts";

export interface ParkingLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
  /** At most MAX_TTL_MS. */
  readonly ttlMs: number;
}

export const MAX_TTL_MS = 600_000;

/** A frozen sandbox that waits for a pod with the same start. */
export interface Parked {
  readonly hash: string;
  readonly sandbox: Sandbox;
  readonly records: Records;
  readonly bytes: number;
  /** uid of the ReplicaSet whose template it is. */
  readonly owner: string;
  readonly graceMs: number;
}

interface Entry extends Parked {
  readonly timer: Timer;
}

interface Eviction {
  readonly entry: Entry;
  readonly why: string;
  readonly graceMs?: number;
}

/**
 * Keeps frozen sandboxes.
 *
 * - I1 each is either adopted once or ended: after its TTL, when its owner goes, when one of its processes dies, or when
 *   the budget needs the room (oldest first).
 * - I2 the budget holds after every change; one that alone exceeds it is refused.
 */
export class ParkingLot {
  readonly #limits: ParkingLimits;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** In order of arrival. */
  readonly #entries = new Set<Entry>();
  readonly #ending = new Set<Promise<void>>();

  constructor(limits: ParkingLimits, clock: Clock, logger: Logger) {
    this.#limits = { ...limits, ttlMs: Math.min(limits.ttlMs, MAX_TTL_MS) };
    this.#clock = clock;
    this.#logger = logger;
  }

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return [...this.#entries].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Takes the sandbox over, or says no. It must be frozen already. */
  add(parked: Parked): boolean {
    if (this.#limits.maxCount < 1 || parked.bytes > this.#limits.maxBytes) return false; // I2
    const entry: Entry = {
      ...parked,
      timer: this.#clock.setTimer(this.#limits.ttlMs, () => this.#evict({ entry, why: "its time is over" })),
    };
    entry.timer.unref();
    this.#entries.add(entry);
    for (const { exited } of parked.sandbox.running.values()) void exited.then(() => this.#evict({ entry, why: "it died" }));
    while (this.count > this.#limits.maxCount || this.bytes > this.#limits.maxBytes) this.#evictOldest();
    return true;
  }

  /** The youngest one with that hash: its memory is the warmest. The caller owns it from here on. */
  take(hash: string): Parked | undefined {
    const entry = [...this.#entries].findLast((candidate) => candidate.hash === hash);
    if (entry !== undefined) this.#remove(entry);
    return entry;
  }

  has(hash: string): boolean {
    return [...this.#entries].some((entry) => entry.hash === hash);
  }

  /** Its template is gone: nobody will ask for these again. */
  ownerGone(owner: string): void {
    for (const entry of this.#entries) if (entry.owner === owner) this.#evict({ entry, why: "its owner was deleted" });
  }

  /** Ends everything within `graceMs` and resolves when that is done. */
  async close(graceMs: number): Promise<void> {
    for (const entry of this.#entries) this.#evict({ entry, graceMs, why: "the platform stops" });
    await Promise.all(this.#ending);
  }

  #evictOldest(): void {
    for (const entry of this.#entries) return this.#evict({ entry, why: "the budget is used up" });
  }

  #remove(entry: Entry): boolean {
    entry.timer[Symbol.dispose]();
    return this.#entries.delete(entry);
  }

  #evict({ entry, why, graceMs = entry.graceMs }: Eviction): void {
    if (!this.#remove(entry)) return;
    this.#logger.debug("a parked sandbox is ended", { sandbox: entry.sandbox.id, why });
    const ending = endSandbox(entry.sandbox, graceMs, this.#clock).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
