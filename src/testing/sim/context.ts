import type { Random } from "../../std/random.ts";
import { seededRandom } from "../../std/random.ts";
import { silentLogger, type Logger } from "../../std/logger.ts";
import { ManualClock } from "../clock.ts";

/** A broken invariant. The message names the seed, the step and the simulated time. */
export class SimulationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SimulationError";
  }
}

/** Lines of a failed run that its message repeats. */
const SHOWN_LINES = 12;

/** What every part of one simulated world shares: time, chance, the trace, and where broken invariants are told. */
export class SimContext {
  readonly seed: number;
  readonly clock = new ManualClock();
  readonly logger: Logger = silentLogger;
  /** Chance of the platform's own parts. */
  readonly random: Random;
  readonly trace: string[] = [];
  step = 0;
  /** How many steps this run has, for the command that repeats it. */
  steps = 0;
  readonly #startedAt: number;
  #violation: string | undefined;

  constructor(seed: number) {
    this.seed = seed;
    this.random = seededRandom(seed);
    this.#startedAt = this.clock.now();
  }

  /** A stream of chance of its own, so that a change in one part leaves the others as they were. */
  stream(name: string): Random {
    let hash = this.seed >>> 0;
    for (const char of name) hash = (Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) + 0x9e3779b9) >>> 0;
    return seededRandom(hash);
  }

  /** Milliseconds since the world began. */
  get elapsedMs(): number {
    return this.clock.now() - this.#startedAt;
  }

  note(text: string): void {
    this.trace.push(`${(this.elapsedMs / 1000).toFixed(3).padStart(9)}s  ${text}`);
  }

  /** An invariant is broken. The first one is kept; `check` throws it. */
  violated(what: string): void {
    if (this.#violation !== undefined) return;
    this.note(`VIOLATED: ${what}`);
    const last = this.trace.slice(-SHOWN_LINES).join("\n");
    const at = `seed ${this.seed}, step ${this.step}, ${(this.elapsedMs / 1000).toFixed(3)} s`;
    this.#violation = `${at}: ${what}\nreplay: npm run sim -- --seed ${this.seed} --steps ${this.steps}\n${last}`;
  }

  /** @throws SimulationError */
  check(): void {
    if (this.#violation !== undefined) throw new SimulationError(this.#violation);
  }
}

/** An integer from `from` to `to`, both included. */
export function between(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

export function oneOf<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
