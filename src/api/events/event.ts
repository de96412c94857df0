import type { EventsV1Event } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const eventsV1EventKind = defineKind<EventsV1Event>({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  definition: "io.k8s.api.events.v1.Event",
  shortNames: ["ev"],
});
