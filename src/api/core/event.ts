import type { Event } from "../k8s/types.generated.ts";
import { defineKind } from "../meta/define-kind.ts";
import type { FieldCause } from "../meta/kind.ts";
import { strategyOf } from "../meta/strategy.ts";
import { invalidCause } from "../meta/validation/causes.ts";
import { eventColumns } from "../events/columns.ts";

export const eventKind = defineKind<Event>({
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Event",
  shortNames: ["ev"],
  columns: eventColumns<Event>((event) => event),
  strategy: strategyOf<Event>({
    default(draft) {
      draft.source ??= {};
      draft.reportingComponent ??= "";
      draft.reportingInstance ??= "";
    },
    causes,
    selectableFields,
  }),
});

/** An event about something without a namespace is kept in `default`. */
function causes({ metadata, involvedObject }: Event): FieldCause[] {
  const about = involvedObject?.namespace ?? "";
  const isMatch = about === metadata.namespace || (about === "" && metadata.namespace === "default");
  return isMatch ? [] : [invalidCause("involvedObject.namespace", about, "does not match event.namespace")];
}

function selectableFields({ involvedObject, reason, reportingComponent, source, type }: Event): Record<string, string> {
  const about = involvedObject ?? {};
  return {
    "involvedObject.kind": about.kind ?? "",
    "involvedObject.namespace": about.namespace ?? "",
    "involvedObject.name": about.name ?? "",
    "involvedObject.uid": about.uid ?? "",
    "involvedObject.apiVersion": about.apiVersion ?? "",
    "involvedObject.resourceVersion": about.resourceVersion ?? "",
    "involvedObject.fieldPath": about.fieldPath ?? "",
    reason: reason ?? "",
    reportingComponent: reportingComponent ?? "",
    source: source?.component || reportingComponent || "",
    type: type ?? "",
  };
}
