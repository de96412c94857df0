import { systemClock } from "../../../std/clock.ts";
import { styled, type Io } from "../../shared/io.ts";

/** Prints each phase of a start with the time since the beginning. */
export class Progress {
  readonly #io: Io;
  readonly #startMs = systemClock.monotonicMs();

  constructor(io: Io) {
    this.#io = io;
  }

  get elapsedMs(): number {
    return systemClock.monotonicMs() - this.#startMs;
  }

  /** A phase that has just ended. */
  phase(name: string): void {
    this.#io.stdout.write(`${styled(this.#io, "dim", seconds(this.elapsedMs))} ${name}\n`);
  }

  note(text: string): void {
    this.#io.stdout.write(`${styled(this.#io, "dim", seconds(this.elapsedMs))} ${text}\n`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2).padStart(6)}s`;
}
