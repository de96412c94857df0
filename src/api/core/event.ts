import type { Event } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";

export const eventKind = defineKind<Event>({
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Event",
  shortNames: ["ev"],
});
