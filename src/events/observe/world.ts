import type { Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { Deliveries } from "../delivery/deliveries.ts";
import type { Sender } from "../delivery/sender.ts";
import type { Subscription } from "../delivery/subscription.ts";
import type { CursorKey, Journal, StreamId } from "../journal/contract.ts";

/** What the plane lets others look at and ask for. */
export interface ObserveWorld {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly journal: Journal;
  readonly sender: Sender;
  readonly deliveries: Pick<Deliveries, "state" | "parkedChanged">;
  /** What is there at this moment. */
  readonly views: () => PlaneViews;
}

export interface PlaneViews {
  readonly streams: readonly StreamView[];
  readonly readers: readonly ReaderView[];
}

/** A broker, or a source: those have streams of their own. */
export interface StreamView {
  readonly stream: StreamId;
  readonly namespace: string;
  /** A source's is `pingsource/NAME`. */
  readonly broker: string;
}

export interface ReaderView {
  readonly cursor: CursorKey;
  readonly namespace: string;
  readonly trigger: string;
  /** undefined: nothing can be delivered at present. */
  readonly subscription?: Subscription;
  readonly problem?: string;
}

export function sameCursor(a: CursorKey, b: CursorKey): boolean {
  return a.stream === b.stream && a.reader === b.reader;
}
