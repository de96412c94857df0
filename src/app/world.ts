import type { Clock } from "../std/clock.ts";
import type { Logger } from "../std/logger.ts";
import type { Random } from "../std/random.ts";

/** Time, chance and the log: what every part of the platform is given. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}
