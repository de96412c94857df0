import type { EventFilter } from "../filter/filter.ts";
import type { CursorDescription, CursorKey, StreamId } from "../journal/contract.ts";
import type { DeliveryPolicy } from "./policy.ts";

/** One Trigger, as delivery sees it. Replaced as a whole when something changes; what is under way goes on. */
export interface Subscription {
  readonly cursor: CursorKey;
  readonly description: CursorDescription;
  /** Asked when an event is read: an edit counts from the next event on. */
  readonly filter: EventFilter;
  /** Absolute URL. Read at each try: an edit also counts for events that wait for a retry. */
  readonly subscriber: string;
  readonly policy: DeliveryPolicy;
  /** Absolute URL. */
  readonly deadLetterSink?: string;
  /** Where replies go; undefined: they are not wanted. */
  readonly reply?: { readonly stream: StreamId; readonly url: string };
  /**
   * `ordered`: one at a time for each `partitionkey`; events without one are one key. `halt`: an event that is given up is
   * parked, and its key waits as long as it is.
   */
  readonly order: "unordered" | "ordered";
  readonly afterGivingUp: "continue" | "halt";
  /** Tries at the same time. */
  readonly concurrency: number;
  /** Attributes that each event gets on its way, e.g. those of a replay. */
  readonly marks?: Readonly<Record<string, string>>;
}

export const DEFAULT_CONCURRENCY = 64;
