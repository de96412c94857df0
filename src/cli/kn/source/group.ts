/** What the four groups of sources have in common. */
import type { Destination } from "../../../api/duck/destination.ts";
import type { CloudEventOverrides } from "../../../api/duck/source.ts";
import type { Sections } from "../../shared/sections.ts";
import { writeSink } from "../eventing/sink.ts";

/** Words of one kind of source. */
export interface SourceWords {
  /** `ping`: the group below `kn source`. */
  readonly group: string;
  /** As progress names it, e.g. `Ping source`. */
  readonly title: string;
}

/** `Ping source 'p' created in namespace 'ns'.` */
export function doneText({ title }: SourceWords, verb: string): (name: string, namespace: string) => string {
  return (name, namespace) => `${title} '${name}' ${verb} in namespace '${namespace}'.\n`;
}

interface WithSink {
  readonly sink?: Destination | undefined;
  readonly ceOverrides?: CloudEventOverrides | undefined;
}

/** The sink and what is changed in events. */
export function writeDestination(sections: Sections, { sink, ceOverrides }: WithSink, namespace: string | undefined): void {
  writeSink(sections, "Sink", sink, namespace);
  const extensions = Object.entries(ceOverrides?.extensions ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (extensions.length > 0) sections.line().attribute("CloudEvent Overrides", "");
  for (const [key, value] of extensions) sections.attribute(key, value, 2);
}
