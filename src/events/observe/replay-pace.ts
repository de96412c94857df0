import { delay } from "../../std/abort.ts";
import type { DeliveryWorld } from "../delivery/subscription-delivery.ts";
import type { CursorKey } from "../journal/contract.ts";
import type { ObserveWorld } from "./world.ts";

/** How soon a replay looks again whether live events still wait. */
const LOOK_MS = 50;

/** Slows a replay down: to its rate, and behind the live events of its trigger. */
export class ReplayPace implements Disposable {
  /** A try is counted only once it may begin. */
  readonly journal: DeliveryWorld["journal"];
  readonly #world: ObserveWorld;
  readonly #live: CursorKey;
  readonly #intervalMs: number;
  readonly #end = new AbortController();
  #nextMs: number;
  #isYielding = false;

  constructor(world: ObserveWorld, live: CursorKey, rate: number) {
    this.#world = world;
    this.#live = live;
    this.#intervalMs = 1000 / rate;
    this.#nextMs = world.clock.monotonicMs();
    const { journal } = world;
    this.journal = {
      readCursor: (...args) => journal.readCursor(...args),
      acknowledge: (...args) => journal.acknowledge(...args),
      settle: (...args) => journal.settle(...args),
      listParked: (...args) => journal.listParked(...args),
      getParked: (...args) => journal.getParked(...args),
      recordAttempt: async (cursor, attempt) => {
        if (attempt.nextAtMs === undefined) await this.#turn();
        return journal.recordAttempt(cursor, attempt);
      },
    };
  }

  get isYielding(): boolean {
    return this.#isYielding;
  }

  /** Whoever waits for a turn is rejected. */
  [Symbol.dispose](): void {
    this.#end.abort(new Error("the replay ends"));
  }

  async #turn(): Promise<void> {
    const { clock } = this.#world;
    const { signal } = this.#end;
    signal.throwIfAborted();
    const now = clock.monotonicMs();
    const mine = Math.max(this.#nextMs, now);
    this.#nextMs = mine + this.#intervalMs;
    if (mine > now) await delay(clock, mine - now, signal);
    while (this.#isBehind()) await delay(clock, LOOK_MS, signal);
  }

  #isBehind(): boolean {
    this.#isYielding = (this.#world.deliveries.state(this.#live)?.waiting ?? 0) > 0;
    return this.#isYielding;
  }
}
