import type { Clock } from "../../std/clock.ts";
import type { Io } from "../shared/io.ts";

/** What the commands of `func` are made with. Tests pass streams in memory and a clock of their own. */
export interface Func {
  readonly io: Io;
  /** The program's own name in texts: `func`, `kn func`, `kinetic func`. */
  readonly name: string;
  /** The version of this program. */
  readonly version: string;
  readonly clock: Clock;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}
