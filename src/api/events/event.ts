import type { Event, EventsV1Event } from "../k8s/types.generated.ts";
import { eventKind } from "../core/event.ts";
import { defineKind } from "../meta/define-kind.ts";
import { strategyOf } from "../meta/strategy.ts";
import { eventColumns } from "./columns.ts";
import { coreEventOf, eventsV1Of } from "./conversion.ts";

export const eventsV1EventKind = defineKind<EventsV1Event>({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  definition: "io.k8s.api.events.v1.Event",
  shortNames: ["ev"],
  storedAs: { kind: eventKind, toStored: coreEventOf, fromStored: (stored) => eventsV1Of(stored as Event) },
  columns: eventColumns<EventsV1Event>((event): Event => coreEventOf(event)),
  strategy: strategyOf<EventsV1Event>({
    default(draft) {
      draft.deprecatedSource ??= {};
    },
    selectableFields: ({ type, reason, reportingController, regarding }) => ({
      type: type ?? "",
      reason: reason ?? "",
      reportingController: reportingController ?? "",
      "regarding.kind": regarding?.kind ?? "",
      "regarding.name": regarding?.name ?? "",
    }),
  }),
});
