import type { Client, Informers } from "../../client/types.ts";
import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Random } from "../../std/random.ts";
import type { Recorder } from "./recorder.ts";

/** What every controller is made from. `app/` gives the real ones, tests a `World`. */
export interface ControllerDeps {
  readonly client: Client;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The recorder that speaks for `component`; asked once a controller. */
  recorder(component: string): Recorder;
}
