import { nameColumn } from "../meta/define-kind.ts";
import { humanDuration } from "../../std/duration.ts";
import type { Kind } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { observeKind } from "./group.ts";

/** Events of the past, sent to one trigger again. Deleting it cancels what is left. */
export interface Replay extends KubeObject {
  readonly spec: {
    readonly trigger: string;
    /** `oldest` (the default), an offset, or an RFC 3339 time. */
    readonly from?: string;
    /** An offset or an RFC 3339 time, exclusive; the default is now. */
    readonly to?: string;
    /** Events per second. */
    readonly rate?: number;
    /** What becomes of what the subscriber answers; `discard` is the default. */
    readonly replies?: "discard" | "keep";
  };
  readonly status?: {
    readonly phase: "Running" | "Waiting" | "Completed";
    readonly message?: string;
    readonly fromOffset: number;
    readonly toOffset: number;
    /** Events between the offsets; the trigger's filter has not been asked. */
    readonly total: number;
    /** Delivered, filtered, dead-lettered or parked. */
    readonly done: number;
    readonly parked: number;
  };
}

/** An attribute that each replayed event carries: the replay's name. */
export const REPLAY_ATTRIBUTE = "kineticreplay";
/** Events per second, when nothing is said. */
export const DEFAULT_REPLAY_RATE = 50;

export const replayKind: Kind<Replay> = observeKind<Replay>({
  kind: "Replay",
  plural: "replays",
  singular: "replay",
  shortNames: [],
  verbs: ["create", "delete", "get", "list"],
  columns: [
    nameColumn(),
    { name: "Trigger", type: "string", cell: ({ spec }) => spec.trigger },
    { name: "Phase", type: "string", cell: ({ status }) => status?.phase ?? "" },
    { name: "Done", type: "string", cell: ({ status }) => `${status?.done ?? 0}/${status?.total ?? 0}` },
    { name: "Parked", type: "integer", cell: ({ status }) => status?.parked ?? 0 },
    { name: "Rate", type: "integer", cell: ({ spec }) => spec.rate ?? DEFAULT_REPLAY_RATE },
    { name: "Age", type: "date", cell: ({ metadata }, now) => humanDuration(now - Date.parse(metadata.creationTimestamp ?? "")) },
  ],
});
