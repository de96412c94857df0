import type { StartFailure } from "../../api/serving/revision-lifecycle.ts";
import type { InstanceSpec } from "../routes/backend.ts";

/** One place where requests can run, with what the dispatcher knows about it. Changed by the dispatcher only. */
export class Instance {
  readonly spec: InstanceSpec;
  inFlight = 0;
  /** No request goes there any more: not ready, terminating, or its pod is being drained. */
  closed = false;
  /** A dial failed; no request goes there until one succeeds. */
  suspect = false;
  /** When a request last failed because the instance broke its connection; monotonic milliseconds. */
  brokeAt = -Infinity;

  constructor(spec: InstanceSpec) {
    this.spec = spec;
  }

  get usable(): boolean {
    return !this.closed && !this.suspect;
  }
}

/** A request that wants an instance. */
export interface Ticket {
  /** Called once for each entry into the dispatcher, maybe before `enter` returns. */
  assigned(instance: Instance): void;
  /** Instead, after it waited: no instance will come. */
  refused(failure: StartFailure): void;
}
