import type { Timer } from "../../std/clock.ts";
import type { CloudEvent } from "../../api/cloudevents/event.ts";
import type { JournalEvent, Offset } from "../journal/contract.ts";
import type { TryFailure } from "./decide.ts";

/** An event that was read and is not settled yet. */
export interface Pending {
  readonly offset: Offset;
  /** undefined: let go to save memory, read again when it is needed. */
  event: CloudEvent | undefined;
  /** Tries that were counted. */
  attempts: number;
  /** Of the ordered kind: whose turn it waits for. */
  readonly key: string;
  state: "queued" | "active" | "waiting";
  timer?: Timer;
  /** By the monotonic clock. */
  notBeforeMs?: number;
  /** Set once the subscriber is given up: what follows goes to the dead letter sink. */
  givenUp?: TryFailure;
  deadLetterTries: number;
}

/** Binary attributes, which HTTP does not have, become base64. */
export function cloudEventOf({ attributes, data }: JournalEvent): CloudEvent {
  const texts: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    texts[name] = typeof value === "object" ? Buffer.from(value).toString("base64") : value;
  }
  return data === undefined ? { attributes: texts } : { attributes: texts, data };
}

export function orderKey({ attributes }: JournalEvent): string {
  return String(attributes["partitionkey"] ?? "");
}
