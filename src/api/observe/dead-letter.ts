import { nameColumn } from "../meta/define-kind.ts";
import { humanDuration } from "../../std/duration.ts";
import type { Kind } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { observeKind, type EventJson } from "./group.ts";

/** An event that was given up and is kept, with its payload, until somebody redrives or purges it. */
export interface DeadLetter extends KubeObject {
  readonly spec: {
    /** Lists leave `data` out. An update parks a changed copy and keeps this one. */
    readonly event: EventJson;
  };
  readonly status: {
    readonly trigger: string;
    readonly broker?: string;
    /** `NoSink`, `SinkFailed`, `Loop`, `BacklogExceeded` ... */
    readonly reason: string;
    readonly message?: string;
    /** Of the last attempt; 0: no answer. */
    readonly httpStatus?: number;
    readonly destination?: string;
    readonly attempts: number;
    /** Redrives that failed. */
    readonly redrives: number;
    /** Name of the dead letter that this is an edited copy of. */
    readonly editOf?: string;
    /** Why the payload cannot be read. */
    readonly unreadable?: string;
  };
}

/** Labels that selectors go by. */
export const DEAD_LETTER_LABELS = {
  trigger: "eventing.knative.dev/trigger",
  broker: "eventing.knative.dev/broker",
  reason: "observe.kinetic.dev/reason",
} as const;

/** Of a copy: the name of the dead letter that was edited. */
export const EDIT_OF_ATTRIBUTE = "kineticeditof";
/** Of an event that was republished: the name of its dead letter. */
export const REDRIVE_OF_ATTRIBUTE = "kineticredriveof";

export const deadLetterKind: Kind<DeadLetter> = observeKind<DeadLetter>({
  kind: "DeadLetter",
  plural: "deadletters",
  singular: "deadletter",
  shortNames: ["dl"],
  verbs: ["delete", "deletecollection", "get", "list", "update"],
  columns: [
    nameColumn(),
    { name: "Trigger", type: "string", cell: ({ status }) => status.trigger },
    { name: "Event", type: "string", cell: ({ spec }) => String(spec.event["id"] ?? "") },
    { name: "Type", type: "string", cell: ({ spec }) => String(spec.event["type"] ?? "") },
    { name: "Reason", type: "string", cell: ({ status }) => status.reason },
    { name: "Status", type: "string", cell: ({ status }) => statusText(status.httpStatus) },
    { name: "Attempts", type: "integer", cell: ({ status }) => status.attempts },
    { name: "Redrives", type: "integer", cell: ({ status }) => status.redrives },
    { name: "Age", type: "date", cell: ({ metadata }, now) => humanDuration(now - Date.parse(metadata.creationTimestamp ?? "")) },
    { name: "Message", type: "string", priority: 1, cell: ({ status }) => status.message ?? "" },
  ],
});

function statusText(status: number | undefined): string {
  return status === undefined || status === 0 ? "-" : String(status);
}
