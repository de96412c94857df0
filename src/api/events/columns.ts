import type { Event } from "../k8s/types.generated.ts";
import { ageSince, column, wideColumn } from "../meta/define-kind.ts";
import type { Column } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";

type Shown = Omit<Event, "metadata">;

/** Both versions of an event print the same; `shown` gives the older form. */
export function eventColumns<T extends KubeObject>(shown: (event: T) => Shown): Column<T>[] {
  return [
    column("Last Seen", "string", (event, now) => ageSince(lastSeen(shown(event)), now)),
    column("Type", "string", (event) => shown(event).type ?? ""),
    column("Reason", "string", (event) => shown(event).reason ?? ""),
    column("Object", "string", (event) => objectText(shown(event))),
    wideColumn("Subobject", (event) => shown(event).involvedObject?.fieldPath ?? ""),
    wideColumn("Source", (event) => sourceText(shown(event))),
    column("Message", "string", (event) => (shown(event).message ?? "").trim()),
    wideColumn("First Seen", (event, now) => ageSince(firstSeen(shown(event)), now)),
    wideColumn("Count", (event) => shown(event).series?.count ?? (shown(event).count || 1)),
    { name: "Name", type: "string", format: "name", priority: 1, cell: ({ metadata }) => metadata.name ?? "" },
  ];
}

function firstSeen({ firstTimestamp, eventTime }: Shown): string | undefined {
  return firstTimestamp || eventTime;
}

function lastSeen(event: Shown): string | undefined {
  return event.series?.lastObservedTime || event.lastTimestamp || firstSeen(event);
}

function objectText({ involvedObject }: Shown): string {
  const kind = (involvedObject?.kind ?? "").toLowerCase();
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

function sourceText({ source, reportingComponent, reportingInstance }: Shown): string {
  const component = source?.component || reportingComponent || "";
  const host = source?.host || reportingInstance || "";
  return host === "" ? component : `${component}, ${host}`;
}
