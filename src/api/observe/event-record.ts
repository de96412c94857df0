import { nameColumn } from "../meta/define-kind.ts";
import { humanDuration } from "../../std/duration.ts";
import type { Kind } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { observeKind, type EventJson } from "./group.ts";

/** An event that a broker took, and what became of it. */
export interface EventRecord extends KubeObject {
  readonly spec: { readonly broker: string; readonly event: EventJson };
  readonly status: {
    readonly offset: number;
    /** RFC 3339 with milliseconds. */
    readonly receivedAt: string;
    /** Of each trigger; only when an event is asked for by its id. */
    readonly triggers?: readonly TriggerOutcome[];
    /** Everything that was written about it, in this order; only when it is asked for by its id. */
    readonly timeline?: readonly TimelineEntry[];
  };
}

export interface TriggerOutcome {
  readonly trigger: string;
  readonly outcome:
    | "delivered"
    | "dead-lettered"
    | "parked"
    | "discarded"
    | "filtered"
    | "pending"
    | "redriven"
    | "republished"
    | "purged"
    | "superseded";
  /** For people: why it did not match, which status it was answered ... */
  readonly detail?: string;
}

export interface TimelineEntry {
  /** RFC 3339 with milliseconds. */
  readonly at: string;
  readonly trigger?: string;
  readonly what: string;
}

export const eventRecordKind: Kind<EventRecord> = observeKind<EventRecord>({
  kind: "EventRecord",
  plural: "eventrecords",
  singular: "eventrecord",
  shortNames: [],
  verbs: ["list", "watch"],
  columns: [
    nameColumn(),
    { name: "Broker", type: "string", cell: ({ spec }) => spec.broker },
    { name: "Event", type: "string", cell: ({ spec }) => String(spec.event["id"] ?? "") },
    { name: "Type", type: "string", cell: ({ spec }) => String(spec.event["type"] ?? "") },
    { name: "Source", type: "string", cell: ({ spec }) => String(spec.event["source"] ?? "") },
    { name: "Age", type: "date", cell: ({ status }, now) => humanDuration(now - Date.parse(status.receivedAt)) },
  ],
});
